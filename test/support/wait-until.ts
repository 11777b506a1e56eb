// Waits for a condition by asking again and again, never by sleeping for a guessed time.

/** Resolves when the condition holds; fails with what was awaited when it does not within the limit. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
  awaited: string,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not within ${limitMs} ms: ${awaited}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
