// SPDX-License-Identifier: Apache-2.0
#ifndef WS_ROWS_H
#define WS_ROWS_H

enum row_id {
  ROW_NONE = 0,
#define ROW(id, name) ROW_##name = id,
#define CHECK(id, name) CHECK_##name = id,
#include "rows.def"
#undef ROW
#undef CHECK
};

#endif
