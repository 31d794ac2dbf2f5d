import { expect, test } from "vitest";

import { fold, matching } from "../../src/shared/fold";

test("marks, đ, case and spaces make no difference", () => {
  expect(fold("  Đường   Ấp HÒA ")).toBe("duong ap hoa");
  expect(fold("hoà")).toBe(fold("hòa"));
  for (const word of ["tập huấn", "thuỷ", "nghiêng", "ữ"]) expect(fold(word.normalize("NFD"))).toBe(fold(word.normalize("NFC")));
});

test("every word of the query must be found, in any order", () => {
  const options = ["Thương mại điện tử", "Dịch vụ công trực tuyến", "Chữ ký số"];
  expect(matching(options, "tu dien", (option) => option)).toEqual(["Thương mại điện tử"]);
  expect(matching(options, " ", (option) => option)).toEqual(options);
  expect(matching(options, "zzz", (option) => option)).toEqual([]);
});
