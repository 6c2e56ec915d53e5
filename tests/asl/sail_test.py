#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The translator of scripts/asl on small Sail text of our own."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts/asl"))
import sail

TEXT = """
let MODE_A : bits(2) = 0b10
enum Colour = {Red, Green}
bitfield Control : bits(8) =
  {
    High : 7..6,
    Low : 0..0
  }
val choose : (bits(4), bool) -> int effect {escape}

function choose (x, flag) = {
    // the names of a type variable and of its value are one
    let 'count = 3;
    result : int = undefined : int;
    if x == 0xF & ~(flag) then {
        result = count + 4
    } else if [x[0]] == 0b1 | flag then {
        result = 2
    } else {
        result = 1
    };
    result
}

function early x = {
    if x > 2 then {
        return((true, x))
    };
    /* the value of a block is its last expression */
    (false, x + 1)
}

function pair x = {
    let (yes, n) = early(x) in
      {
          y = n
      };
    (a, b) = early(10);
    if yes then y else b
}

function by_match c = {
    match c {
      Red => {
          10
      },
      ? if ? == Green => 20,
      _ => throw(Error_Other())
    }
}

function guarded x = {
    try {
        by_match(x)
    } catch {
      Error_Other(()) => 30
    }
}

function vectors (x, y) = {
    z : bits(4) = x @ y;
    z[0] = 0b1;
    z[3 .. 2] = 0b01;
    z & ~(0b0010)
}

function register_bits () = {
    COUNTER = COUNTER + 1;
    if CONTROL[High] == MODE_A then CONTROL[Low] else 0b0
}

function filled () = {
    r : Record = undefined;
    r.inner.depth = 5;
    r.typ = Red;
    r
}

overload twice = {twice_one, twice_two}
function twice_one x = x * 2
function twice_two (x, y) = (x + y) * 2
function both () = twice(3) + twice(1, 2)

function precedence (a, b) = 1 + 2 * 3 == 7 & a | b
function unfinished () = { x : int = undefined; if x == 1 then 2 else 3 }
function unknown_form x = { foreach (i from 0 to 3) { x } }
function asserts x = { assert(x == 1); x }
"""


class Translator(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        file = pathlib.Path(folder.name) / "own.sail"
        file.write_text(TEXT)

        class Registers:
            COUNTER = 0
        self.registers = Registers()

        def check(condition):
            if not condition:
                raise AssertionError
        self.model = sail.Model([file], self.registers, {"check": check})
        self.registers.__dict__.update(self.model.constants)

    def bits(self, width, value):
        return sail.Bits(width, value)

    def test_conditions(self):
        choose = self.model.choose
        self.assertEqual([choose(self.bits(4, x), flag) for x in (15, 1, 2) for flag in (False, True)], [7, 2, 2, 2, 1, 2])

    def test_returns_and_tuples(self):
        self.assertEqual((self.model.early(3), self.model.early(1)), ((True, 3), (False, 2)))
        self.assertEqual((self.model.pair(5), self.model.pair(0)), (5, 10))

    def test_match_and_exceptions(self):
        self.assertEqual([self.model.guarded(c) for c in ("Red", "Green", "Blue")], [10, 20, 30])
        with self.assertRaises(sail.Thrown) as thrown:
            self.model.by_match("Blue")
        self.assertEqual(thrown.exception.args[0], "Error_Other")

    def test_vectors(self):
        result = self.model.vectors(self.bits(2, 0b11), self.bits(2, 0b10))
        self.assertEqual((result.w, result.n), (4, 0b0101))

    def test_registers_and_bitfields(self):
        layout = self.model.layout("Control")
        self.assertEqual(layout, {"High": (7, 6), "Low": (0, 0)})
        for value, expected in ((0x81, 1), (0x80, 0), (0x41, 0)):
            self.registers.CONTROL = sail.Fields(8, value, layout)
            self.assertTrue(self.model.register_bits() == expected)
        self.assertEqual(self.registers.COUNTER, 3)

    def test_records_and_overloads(self):
        record = self.model.filled()
        self.assertEqual((record.inner.depth, record.typ), (5, "Red"))
        with self.assertRaises(sail.SailError):
            bool(record.never)
        self.assertEqual(self.model.both(), 12)

    def test_precedence(self):
        self.assertEqual([bool(self.model.precedence(a, b)) for a in (False, True) for b in (False, True)], [False, True, True, True])

    def test_what_it_does_not_know_is_an_error(self):
        for name in ("unknown_form", "nowhere"):
            with self.subTest(name), self.assertRaisesRegex(sail.SailError, name):
                getattr(self.model, name)
        with self.assertRaises(sail.SailError):
            self.model.layout("Nothing")
        with self.assertRaises(AssertionError):
            self.model.asserts(2)

    def test_an_undefined_value_decides_nothing(self):
        with self.assertRaises(sail.SailError):
            self.model.unfinished()


if __name__ == "__main__":
    unittest.main()
