/** In which boundaries each screen of figures is read; kept as long as the program runs, as the filter of the sessions is. */
export const keptBoundaries = $state({ figures: "as_is_now", progress: "as_is_now" });
