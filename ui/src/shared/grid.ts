/** A cell of a grid of fields. */
export interface Cell {
  row: number;
  column: number;
}

export interface GridKey {
  code: string;
  shift: boolean;
  /** Whether the caret stands before the first letter, after the last one; both when all is selected. */
  atStart: boolean;
  atEnd: boolean;
}

/**
 * Where a key moves in a grid of fields: a cell, `"out"` to leave it forwards, or null when the key is not the grid's.
 * Enter goes down and, at the last row, on to the top of the next column.
 */
export function gridMove(size: { rows: number; columns: number }, at: Cell, key: GridKey): Cell | "out" | null {
  const { row, column } = at;
  switch (key.code) {
    case "Enter":
    case "NumpadEnter":
      if (key.shift) return row > 0 ? { row: row - 1, column } : at;
      if (row + 1 < size.rows) return { row: row + 1, column };
      return column + 1 < size.columns ? { row: 0, column: column + 1 } : "out";
    case "ArrowDown":
      return { row: Math.min(row + 1, size.rows - 1), column };
    case "ArrowUp":
      return { row: Math.max(row - 1, 0), column };
    case "ArrowRight":
      return key.atEnd && !key.shift ? { row, column: Math.min(column + 1, size.columns - 1) } : null;
    case "ArrowLeft":
      return key.atStart && !key.shift ? { row, column: Math.max(column - 1, 0) } : null;
    default:
      return null;
  }
}
