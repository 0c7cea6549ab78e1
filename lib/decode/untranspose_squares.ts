/**
 * Transposed data put back, in WebAssembly: squares of 16 rows and 16 columns at a time, or 16 rows of
 * two, four or eight columns, as the bytes of a number are. The same without WebAssembly is in
 * `transpose.ts`.
 *
 * @module
 */
import type { WasmFunction } from "./wasm_code.ts";
import {
  above,
  add,
  below,
  type Code,
  code,
  equal,
  get,
  increase,
  load8,
  multiply,
  set,
  store8,
  subtract,
  vector,
  when,
  whilst,
} from "./wasm_expressions.ts";

const [FROM, TO, ROWS, COLUMNS, STRIDE] = [0, 1, 2, 3, 4];
const [ROW, COLUMN, AT, END, LAST] = [5, 6, 7, 8, 9];
const FIRST_VECTOR = 10;

const SIDE = 16;
/** Rows that are put back together, so that each line of the cache is read once. */
const ROWS_OF_LINE = 64;
/** Rows that are put back together where there are few columns, so that they stay in the cache. */
const ROWS_AT_ONCE = 1024;

const lanes = (first: number): number[] =>
  Array.from({ length: SIDE }, (_, i) => first + (i >> 1) + SIDE * (i & 1));
const [LOW, HIGH] = [lanes(0), lanes(SIDE / 2)];

/** Goes through numbers in steps; the last step is moved back so that it ends at `end`. */
const eachSquare = (local: number, start: Code | 0, end: Code, body: Code): Code =>
  code(
    set(local, start),
    whilst(
      below(get(local), end),
      code(
        when(
          above(add(get(local), SIDE), end),
          set(local, subtract(end, SIDE)),
        ),
        body,
        increase(local, SIDE),
      ),
    ),
  );

/**
 * 16 rows of so many columns, from those at `AT` on, in as many vectors; gives the first of these too.
 * Columns are read as vectors; then the bytes of vectors that are half of all apart are put in turn
 * into two, as often as it takes for the vectors to hold row after row.
 */
function rowsOf(columns: number): { made: Code; first: number } {
  const parts: Code[] = [];
  for (let i = 0; i < columns; i++) {
    parts.push(set(FIRST_VECTOR + i, vector.load(get(AT))), increase(AT, get(STRIDE)));
  }
  let [from, to] = [FIRST_VECTOR, FIRST_VECTOR + SIDE];
  for (let pairs = columns / 2; pairs >= 1; pairs /= 2) {
    for (let i = 0; i < columns / 2; i++) {
      const [a, b] = [get(from + i), get(from + i + columns / 2)];
      parts.push(set(to + 2 * i, vector.shuffle(a, b, LOW)));
      parts.push(set(to + 2 * i + 1, vector.shuffle(a, b, HIGH)));
    }
    [from, to] = [to, from];
  }
  return { made: code(...parts), first: from };
}

/** One square: each row is a vector. */
function square(): Code {
  const { made, first } = rowsOf(SIDE);
  const parts: Code[] = [
    set(AT, add(add(get(FROM), get(ROW)), multiply(get(COLUMN), get(STRIDE)))),
    made,
    set(AT, add(add(get(TO), get(COLUMN)), multiply(get(ROW), get(COLUMNS)))),
  ];
  for (let i = 0; i < SIDE; i++) {
    parts.push(vector.store(get(AT), get(first + i)), increase(AT, get(COLUMNS)));
  }
  return code(...parts);
}

/** All rows of two, four or eight columns, which lie one behind the other in few vectors. */
function narrow(columns: number): Code {
  const { made, first } = rowsOf(columns);
  const parts: Code[] = [
    set(AT, add(get(FROM), get(ROW))),
    made,
    set(AT, add(get(TO), multiply(get(ROW), columns))),
  ];
  for (let i = 0; i < columns; i++) {
    parts.push(vector.store(get(AT), get(first + i), SIDE * i));
  }
  return eachSquare(ROW, 0, get(ROWS), code(...parts));
}

const squares: Code = code(
  set(LAST, 0),
  whilst(
    below(get(LAST), get(ROWS)),
    code(
      set(END, add(get(LAST), ROWS_OF_LINE)),
      // No step has less than a square.
      when(above(add(get(END), SIDE), get(ROWS)), set(END, get(ROWS))),
      eachSquare(COLUMN, 0, get(COLUMNS), eachSquare(ROW, get(LAST), get(END), square())),
      set(LAST, get(END)),
    ),
  ),
);

const bytewise: Code = code(
  set(LAST, 0),
  whilst(
    below(get(LAST), get(ROWS)),
    code(
      set(END, add(get(LAST), ROWS_AT_ONCE)),
      when(above(get(END), get(ROWS)), set(END, get(ROWS))),
      set(COLUMN, 0),
      whilst(
        below(get(COLUMN), get(COLUMNS)),
        code(
          set(ROW, get(LAST)),
          set(AT, add(add(get(TO), get(COLUMN)), multiply(get(ROW), get(COLUMNS)))),
          whilst(
            below(get(ROW), get(END)),
            code(
              store8(
                get(AT),
                load8(add(add(get(FROM), get(ROW)), multiply(get(COLUMN), get(STRIDE)))),
              ),
              increase(AT, get(COLUMNS)),
              increase(ROW, 1),
            ),
          ),
          increase(COLUMN, 1),
        ),
      ),
      set(LAST, get(END)),
    ),
  ),
);

/**
 * Takes the addresses of the columns and of the rows to be, the numbers of rows and columns, and the
 * bytes from one column to the next, which are more than rows where only some rows are wanted.
 */
export const untransposeSquares: WasmFunction = {
  name: "untranspose",
  parameters: 5,
  i32Locals: 5,
  i64Locals: 0,
  vectorLocals: 2 * SIDE,
  code: when(
    below(get(ROWS), SIDE),
    bytewise,
    when(
      above(get(COLUMNS), SIDE - 1),
      squares,
      [2, 4, 8].reduce(
        (others, columns) => when(equal(get(COLUMNS), columns), narrow(columns), others),
        bytewise,
      ),
    ),
  ),
};
