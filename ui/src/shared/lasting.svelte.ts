/**
 * Makes what outlives the screen that asked for it. A derived value belongs to the screen it is made in and stops following
 * when that screen is left; made in here it belongs to nobody and follows for as long as the program runs.
 */
export function lasting<T>(make: () => T): T {
  let made!: T;
  $effect.root(() => {
    made = make();
  });
  return made;
}
