/** Does what it is asked one after the other: nothing is dropped, or overtaken, because something else is running. */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.last.then(act);
    this.last = mine.catch(() => {});
    return mine;
  }

  /** Ends when everything asked so far has ended. */
  async idle(): Promise<void> {
    await this.last;
  }
}
