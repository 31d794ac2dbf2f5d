import { describe, expect, test } from "vitest";

import { type Cell, gridMove } from "../../src/shared/grid";

const SIZE = { rows: 3, columns: 2 };
const caret = { shift: false, atStart: false, atEnd: false };

function move(at: Cell, code: string, more: Partial<typeof caret> = {}) {
  return gridMove(SIZE, at, { code, ...caret, ...more });
}

describe("Enter", () => {
  test("goes down", () => expect(move({ row: 0, column: 0 }, "Enter")).toEqual({ row: 1, column: 0 }));
  test("at the last row goes on to the top of the next column", () => expect(move({ row: 2, column: 0 }, "Enter")).toEqual({ row: 0, column: 1 }));
  test("at the last cell leaves the grid", () => expect(move({ row: 2, column: 1 }, "Enter")).toBe("out"));
  test("with Shift goes up and stays at the top", () => {
    expect(move({ row: 1, column: 1 }, "Enter", { shift: true })).toEqual({ row: 0, column: 1 });
    expect(move({ row: 0, column: 1 }, "Enter", { shift: true })).toEqual({ row: 0, column: 1 });
  });
  test("of the number pad is the same key", () => expect(move({ row: 0, column: 0 }, "NumpadEnter")).toEqual({ row: 1, column: 0 }));
});

describe("arrows", () => {
  test("up and down move rows and never leave the grid", () => {
    expect(move({ row: 1, column: 0 }, "ArrowDown")).toEqual({ row: 2, column: 0 });
    expect(move({ row: 2, column: 0 }, "ArrowDown")).toEqual({ row: 2, column: 0 });
    expect(move({ row: 0, column: 0 }, "ArrowUp")).toEqual({ row: 0, column: 0 });
  });
  test("right moves only from the end of the text, left only from its start", () => {
    expect(move({ row: 1, column: 0 }, "ArrowRight")).toBeNull();
    expect(move({ row: 1, column: 0 }, "ArrowRight", { atEnd: true })).toEqual({ row: 1, column: 1 });
    expect(move({ row: 1, column: 1 }, "ArrowLeft")).toBeNull();
    expect(move({ row: 1, column: 1 }, "ArrowLeft", { atStart: true })).toEqual({ row: 1, column: 0 });
  });
  test("with Shift selects text instead", () => expect(move({ row: 1, column: 0 }, "ArrowRight", { atEnd: true, shift: true })).toBeNull());
});

test("letters, Backspace and keys without a name are left alone", () => {
  for (const code of ["KeyA", "Backspace", "Tab", ""]) expect(move({ row: 0, column: 0 }, code)).toBeNull();
});
