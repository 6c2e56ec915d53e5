# SPDX-License-Identifier: Apache-2.0
"""Functions of a Sail model as Python functions: as much of the language as the decisions of Arm's specification use.

What it does not know is a SailError that names the place, never a guess.
"""
import keyword
import re

TOKEN = re.compile(r"""
    (?P<space>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<string>"[^"]*")
  | (?P<bits>0b[01_]+|0x[0-9A-Fa-f_]+)
  | (?P<number>\d+)
  | (?P<name>['A-Za-z_?][\w'#]*)
  | (?P<symbol>==|!=|<<|<=|>=|=>|->|\.\.|[-+*^@&|~=<>()\[\]{},;:.])
""", re.X | re.S)
TOP = re.compile(r"^(?:val|function|register|overload|type|enum|struct|union|let|bitfield|infix|mapping|scattered)\b", re.M)
BINARY = {"|": 1, "&": 2, "==": 3, "!=": 3, "<": 3, ">": 3, "<=": 3, ">=": 3, "@": 4, "<<": 5, "+": 5, "-": 5, "*": 6, "^": 7}
COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")


class SailError(Exception):
    """The model, or a question to it, is not as this translator expects."""


class Bits:
    """A bit vector: `n` is its value, `w` its width."""
    __slots__ = ("n", "w")

    def __init__(self, w, n):
        self.w, self.n = w, n & ((1 << w) - 1)

    def __eq__(self, other):
        return self.n == (other.n if isinstance(other, Bits) else other)

    def __ne__(self, other):
        return not self == other

    __hash__ = None

    def __and__(self, other):
        return Bits(self.w, self.n & other.n)

    def __or__(self, other):
        return Bits(self.w, self.n | other.n)

    def __invert__(self):
        return Bits(self.w, ~self.n)

    def __getitem__(self, i):
        return Bits(1, self.n >> int(i))

    def __int__(self):
        return self.n

    def __repr__(self):
        return f"Bits({self.w}, {self.n:#x})"


class Fields(Bits):
    """A register of a `bitfield` type: its fields by name."""
    __slots__ = ("layout",)

    def __init__(self, w, n, layout):
        super().__init__(w, n)
        self.layout = layout

    def __getitem__(self, i):
        if not isinstance(i, str):
            return super().__getitem__(i)
        if i not in self.layout:
            raise SailError(f"no field {i} among {', '.join(self.layout)}")
        high, low = self.layout[i]
        return Bits(high - low + 1, self.n >> low)


class Struct:
    """A record; its fields come to be as they are assigned, those of a field too. One that never was is no value."""

    def __getattr__(self, name):
        child = Struct()
        setattr(self, name, child)
        return child

    def __eq__(self, other):
        raise SailError("a field without a value is compared")

    __hash__ = None

    def __bool__(self):
        raise SailError("a field without a value decides")


class Thrown(Exception):
    """A Sail exception: its constructor's name."""


class Unknown:
    """`undefined`: fine to hold, an error to use."""

    def __eq__(self, other):
        raise SailError("an undefined value is compared")

    __hash__ = None

    def __bool__(self):
        raise SailError("an undefined value decides")


def negate(x):
    return ~x if isinstance(x, Bits) else not x


def concat(a, b):
    return Bits(a.w + b.w, a.n << b.w | b.n)


def cut(x, high, low):
    return Bits(int(high) - int(low) + 1, x.n >> int(low))


def replaced(x, high, low, value):
    mask = (1 << (high - low + 1)) - 1
    width = x.w if isinstance(x, Bits) else 64
    old = x.n if isinstance(x, Bits) else 0
    return Bits(width, (old & ~(mask << low)) | (int(value) & mask) << low)


class Parser:
    """A recursive descent over the tokens of one top-level definition; what it returns are tuples, the kind first."""

    def __init__(self, text, place):
        self.place, self.tokens, at = place, [], 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise SailError(f"{place}: no token at {text[at:at + 30]!r}")
            if match.lastgroup != "space":
                # A type variable and the value of its name are one.
                self.tokens.append((match.lastgroup, match.group().lstrip("'")))
            at = match.end()
        self.tokens.append(("end", ""))
        self.at = 0

    def fail(self, wanted):
        near = " ".join(t for _, t in self.tokens[max(0, self.at - 6):self.at + 3])
        raise SailError(f"{self.place}: expected {wanted} near `{near}`")

    def peek(self, text, ahead=0):
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)][1] == text

    def accept(self, text):
        if self.peek(text) and self.tokens[self.at][0] != "string":
            self.at += 1
            return True
        return False

    def expect(self, text):
        if not self.accept(text):
            self.fail(text)

    def name(self):
        kind, text = self.tokens[self.at]
        if kind != "name":
            self.fail("a name")
        self.at += 1
        return text

    def skip_type(self):
        """The outermost name of a type, or "" for a tuple."""
        name = "" if self.peek("(") else self.name()
        if self.accept("("):
            depth = 1
            while depth:
                depth += self.peek("(") - self.peek(")")
                self.at += 1
        return name

    def function(self):
        """`function NAME pattern = body`"""
        self.expect("function")
        name = self.name()
        pattern = self.pattern()
        if self.accept("->"):
            self.skip_type()
        self.expect("=")
        return name, pattern, self.expression()

    def pattern(self):
        if self.accept("("):
            parts = []
            while not self.accept(")"):
                parts.append(self.pattern())
                self.accept(",")
            result = parts[0] if len(parts) == 1 else ("tuple", parts)
        else:
            kind, text = self.tokens[self.at]
            self.at += 1
            if kind == "name" and self.peek("("):
                self.pattern()
                result = ("case", text)
            elif kind in ("number", "bits"):
                result = ("value", self.literal(kind, text))
            elif kind == "name":
                result = ("name", text)
            else:
                self.fail("a pattern")
        if self.accept(":"):
            self.skip_type()
        return result

    @staticmethod
    def literal(kind, text):
        text = text.replace("_", "")
        if kind == "number":
            return ("number", int(text))
        return ("bits", len(text) - 2 if text[1] == "b" else 4 * (len(text) - 2), int(text, 0))

    def block(self):
        statements = []
        while not self.accept("}"):
            statements.append(self.statement())
            if not self.accept(";") and not self.peek("}"):
                self.fail("; or }")
        return ("block", statements)

    def statement(self):
        if self.accept("let") or self.peek("var") and self.accept("var"):
            target = self.pattern()
            self.expect("=")
            value = ("let", target, self.expression())
            return ("block", [value, self.expression()]) if self.accept("in") else value
        if self.tokens[self.at][0] == "name" and self.peek(":", 1):
            name = self.name()
            self.expect(":")
            kind = self.skip_type()
            self.expect("=")
            return ("declare", name, kind, self.expression())
        value = self.expression()
        return ("assign", value, self.expression()) if self.accept("=") else value

    def expression(self, level=0):
        left = self.prefix()
        while True:
            kind, text = self.tokens[self.at]
            power = BINARY.get(text, 0) if kind == "symbol" else 0
            if power <= level:
                return left
            self.at += 1
            left = ("binary", text, left, self.expression(power))

    def prefix(self):
        if self.accept("~"):
            return ("not", self.postfix(self.primary()))
        if self.accept("if"):
            condition = self.expression()
            self.expect("then")
            then = self.expression()
            return ("if", condition, then, self.expression() if self.accept("else") else None)
        if self.accept("match"):
            subject = self.expression()
            self.expect("{")
            return ("match", subject, self.cases())
        if self.accept("try"):
            body = self.expression()
            self.expect("catch")
            self.expect("{")
            return ("try", body, self.cases())
        return self.postfix(self.primary())

    def cases(self):
        result = []
        while not self.accept("}"):
            pattern = self.pattern()
            guard = self.expression() if self.accept("if") else None
            self.expect("=>")
            result.append((pattern, guard, self.statement()))
            self.accept(",")
        return result

    def primary(self):
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind in ("number", "bits"):
            return self.literal(kind, text)
        if kind == "string":
            return ("string", text[1:-1])
        if text == "(":
            parts = []
            while not self.accept(")"):
                parts.append(self.expression())
                if self.accept(":"):
                    self.skip_type()
                self.accept(",")
            return ("unit",) if not parts else parts[0] if len(parts) == 1 else ("tuple", parts)
        if text == "[":
            inner = self.expression()
            self.expect("]")
            return inner  # a vector of one bit
        if text == "{":
            return self.block()
        if text == "undefined":
            return ("undefined", self.skip_type() if self.accept(":") else "")
        if kind != "name":
            self.at -= 1
            self.fail("an expression")
        return ("name", text)

    def postfix(self, left):
        while True:
            if self.peek("(") and left[0] == "name":
                self.at += 1
                arguments = []
                while not self.accept(")"):
                    arguments.append(self.expression())
                    self.accept(",")
                left = ("call", left[1], arguments)
            elif self.accept("["):
                index = self.expression()
                left = ("slice", left, index, self.expression()) if self.accept("..") else ("index", left, index)
                self.expect("]")
            elif self.peek(".") and self.accept("."):
                left = ("field", left, self.name())
            else:
                return left


class Writer:
    """One function as Python source. Its names: S the registers, F the functions."""

    def __init__(self, place):
        self.place, self.lines, self.locals, self.depth, self.temporaries = place, [], set(), 1, 0

    def put(self, line):
        self.lines.append("    " * self.depth + line)

    @staticmethod
    def local(name):
        name = "v_" + re.sub(r"\W", "_", name)
        return name + "_" if keyword.iskeyword(name) else name

    def function(self, name, pattern, body):
        parameters = pattern[1] if pattern[0] == "tuple" else [pattern]
        names = []
        for i, p in enumerate(parameters):
            if p[0] != "name":
                raise SailError(f"{self.place}: parameter {i} of {name}")
            self.locals.add(p[1])
            names.append(self.local(p[1]))
        self.give(body, lambda text: f"return {text}")
        return f"def {name}({', '.join(names)}):\n" + "\n".join(self.lines or ["    pass"]) + "\n"

    # --- statements

    def branch(self, head, run):
        self.put(head)
        self.depth += 1
        before = len(self.lines)
        run()
        if len(self.lines) == before:
            self.put("pass")
        self.depth -= 1

    def give(self, node, finish):
        """Statements after which `finish` has got the node's value."""
        kind = node[0]
        if kind == "block":
            for statement in node[1][:-1]:
                self.give(statement, lambda text: text)
            if node[1]:
                self.give(node[1][-1], finish)
        elif kind == "if":
            self.branch(f"if {self.value(node[1])}:", lambda: self.give(node[2], finish))
            if node[3] is not None:
                self.branch("else:", lambda: self.give(node[3], finish))
        elif kind == "match":
            self.match(node, finish)
        elif kind == "try":
            self.branch("try:", lambda: self.give(node[1], finish))
            for pattern, guard, body in node[2]:
                if guard or pattern[0] != "case":
                    raise SailError(f"{self.place}: catch {pattern}")
                self.branch("except Thrown as thrown:", lambda body=body, pattern=pattern: self.caught(pattern, body, finish))
        elif kind in ("let", "declare", "assign"):
            self.bind(node)
        elif kind == "call" and node[1] == "return":
            value = ("tuple", node[2]) if len(node[2]) != 1 else node[2][0]
            self.give(value, lambda text: f"return {text}") if node[2] else self.put("return")
        elif kind == "call" and node[1] == "throw":
            what = node[2][0]
            self.put(f"raise Thrown({what[1]!r})")
        elif kind == "call" and node[1] == "assert":
            self.put(f"F.check({self.value(node[2][0])})")
        elif kind != "unit":
            self.put(finish(self.value(node)))

    def caught(self, pattern, body, finish):
        self.branch(f"if thrown.args[0] != {pattern[1]!r}:", lambda: self.put("raise"))
        self.give(body, finish)

    def match(self, node, finish):
        self.temporaries += 1
        subject = f"t_{self.temporaries}"
        self.put(f"{subject} = {self.value(node[1])}")
        word = "if"
        for pattern, guard, body in node[2]:
            if pattern[0] == "name" and pattern[1] not in ("_", "?") and guard is None and pattern[1][0].islower():
                raise SailError(f"{self.place}: match binds {pattern[1]}")
            if pattern == ("name", "?"):  # ? if ? == VALUE
                if guard[:3] != ("binary", "==", ("name", "?")):
                    raise SailError(f"{self.place}: guard {guard}")
                test = f"{subject} == {self.value(guard[3])}"
            elif pattern == ("name", "_"):
                test = "True"
            else:
                test = f"{subject} == {self.value(pattern[1] if pattern[0] == 'value' else pattern)}"
            self.branch(f"{word} {test}:", lambda body=body: self.give(body, finish))
            word = "elif"

    def bind(self, node):
        if node[0] == "declare":
            self.locals.add(node[1])
            name = self.local(node[1])
            if node[3][0] == "undefined":
                scalar = node[2] in ("bits", "bool", "int", "")
                return self.put(f"{name} = {'Unknown()' if scalar else 'Struct()'}")
            return self.give(node[3], lambda text: f"{name} = {text}")
        target = self.target(node[1], node[0] == "let")
        return self.give(node[2], lambda text: target.format(text) if "{}" in target else f"{target} = {text}")

    def target(self, node, fresh):
        """The left of an assignment; with {} where the value goes, if it is not at the end."""
        kind = node[0]
        if kind == "tuple":
            return "(" + ", ".join(self.target(part, fresh) for part in node[1]) + ")"
        if kind == "name":
            if fresh:
                self.locals.add(node[1])
            return self.local(node[1]) if node[1] in self.locals else f"S.{node[1]}"
        if kind == "field":
            return f"{self.value(node[1])}.{node[2]}"
        if kind in ("index", "slice"):
            name = self.target(node[1], False)
            high, low = self.value(node[2]), self.value(node[3] if kind == "slice" else node[2])
            return f"{name} = replaced({name}, {high}, {low}, {{}})"
        raise SailError(f"{self.place}: assignment to {kind}")

    # --- expressions

    def truth(self, node):
        """Whether the node is known to be a Boolean."""
        if node[0] == "binary":
            return node[1] in COMPARISONS or node[1] in "&|" and (self.truth(node[2]) or self.truth(node[3]))
        return node[0] == "not" and self.truth(node[1]) or node == ("name", "true") or node == ("name", "false")

    def value(self, node):
        kind = node[0]
        if kind == "number":
            return str(node[1])
        if kind == "bits":
            return f"Bits({node[1]}, {node[2]})"
        if kind == "string":
            return repr(node[1])
        if kind == "unit":
            return "None"
        if kind == "undefined":
            return "Unknown()"
        if kind == "name":
            special = {"true": "True", "false": "False"}
            return special.get(node[1]) or (self.local(node[1]) if node[1] in self.locals else f"S.{node[1]}")
        if kind == "tuple":
            return "(" + ", ".join(map(self.value, node[1])) + ")"
        if kind == "not":
            return f"(not {self.value(node[1])})" if self.truth(node[1]) else f"negate({self.value(node[1])})"
        if kind == "if" and node[3] is not None:
            return f"({self.value(node[2])} if {self.value(node[1])} else {self.value(node[3])})"
        if kind == "block" and len(node[1]) == 1:
            return self.value(node[1][0])
        if kind == "field":
            return f"{self.value(node[1])}.{node[2]}"
        if kind == "slice":
            return f"cut({self.value(node[1])}, {self.value(node[2])}, {self.value(node[3])})"
        if kind == "index":
            field = node[2][0] == "name" and node[2][1] not in self.locals
            return f"{self.value(node[1])}[{repr(node[2][1]) if field else self.value(node[2])}]"
        if kind == "call":
            return f"F.{node[1]}({', '.join(map(self.value, node[2]))})"
        if kind == "binary":
            left, right = self.value(node[2]), self.value(node[3])
            if node[1] in COMPARISONS and node[3][0] == "bits":
                right = str(node[3][2])
            if node[1] == "@":
                return f"concat({left}, {right})"
            if node[1] in "&|" and self.truth(node):
                return f"({left} {'and' if node[1] == '&' else 'or'} {right})"
            return f"({left} {'**' if node[1] == '^' else node[1]} {right})"
        raise SailError(f"{self.place}: {kind} in an expression")


class Model:
    """The functions, constants and bitfields of Sail files, translated as they are first used. `builtins` come before the
    files' own; `registers` is what S is."""

    def __init__(self, files, registers, builtins):
        self.texts = {str(f): f.read_text() for f in files}
        self.registers, self.builtins, self.places, self.overloads, self.constants = registers, builtins, {}, {}, {}
        self.globals = {"S": registers, "F": self, "Bits": Bits, "Struct": Struct, "Thrown": Thrown, "Unknown": Unknown,
                        "negate": negate, "concat": concat, "cut": cut, "replaced": replaced}
        for file, text in self.texts.items():
            for match in re.finditer(r"^function ([\w#]+)", text, re.M):
                self.places[match[1]] = (file, match.start())
            for match in re.finditer(r"^overload (\w+) = \{([^}]*)\}", text, re.M):
                self.overloads[match[1]] = re.findall(r"\w+", match[2])
            for match in re.finditer(r"^let (\w+) : bits\(\d+\) = (0b[01]+|0x[0-9A-Fa-f]+)$", text, re.M):
                self.constants[match[1]] = Bits(*Parser.literal("bits", match[2])[1:])
            for match in re.finditer(r"^enum \w+ = \{([^}]*)\}", text, re.M):
                for name in re.findall(r"\w+", match[1]):
                    self.constants[name] = name

    def __getattr__(self, name):
        function = self.builtins.get(name) or self.translated(name)
        setattr(self, name, function)
        return function

    def source(self, name):
        """The Sail text of a function."""
        if name not in self.places:
            raise SailError(f"no function {name} in {', '.join(self.texts)}")
        file, start = self.places[name]
        end = TOP.search(self.texts[file], start + len("function"))
        return self.texts[file][start:end.start() if end else None]

    def python(self, name):
        """The Python source of a function."""
        place = f"{self.places.get(name, ('?',))[0]}: {name}"
        return Writer(place).function(*Parser(self.source(name), place).function())

    def translated(self, name):
        if name in self.overloads:
            return lambda *arguments: self.chosen(name, len(arguments))(*arguments)
        exec(compile(self.python(name), f"<{name}>", "exec"), self.globals)
        return self.globals[name]

    def chosen(self, name, count):
        """The alternative of an overload that takes so many arguments."""
        for alternative in self.overloads[name]:
            function = getattr(self, alternative)
            if function.__code__.co_argcount == count:
                return function
        raise SailError(f"no {name} of {count} arguments")

    def layout(self, bitfield):
        """{field: (high, low)} of a bitfield."""
        for text in self.texts.values():
            match = re.search(rf"^bitfield {bitfield} : bits\(\d+\) =\s*\{{([^}}]*)\}}", text, re.M)
            if match:
                found = re.findall(r"(\w+)\s*:\s*(\d+)(?:\s*\.\.\s*(\d+))?", match[1])
                return {name: (int(high), int(low or high)) for name, high, low in found}
        raise SailError(f"no bitfield {bitfield} in {', '.join(self.texts)}")
