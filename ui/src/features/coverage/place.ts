import { call } from "../../lib/backend";
import type { CoverageGridInput, CoverageGridView, RecordView, RowMode } from "../../lib/generated/contract";

/** What the heading says of where a sheet belongs: as chosen and as typed. */
export interface Place extends CoverageGridInput {
  mode: RowMode;
}

/** A day's grid, and what the unit's figures rest on: a grid tells that only of all of them. */
export async function read(place: Place): Promise<{ grid: CoverageGridView; records: RecordView[] }> {
  const grid = await call("coverage.grid", place);
  const { records } = await call("record.list", { kind: "coverage", unit: grid.unit });
  return { grid, records };
}
