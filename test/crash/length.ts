/** How much a crash loop has to bear: a minute and a half with every test run, more where the environment says so. */
export function crashLength(): { readonly lasts: number; readonly records: number } {
  const seconds = Number(process.env["DRIFTD_CRASH_SECONDS"] ?? 90);
  // 2,000,000 in ten minutes.
  return { lasts: seconds * 1_000, records: Math.min(2_000_000, Math.round(seconds * 3_400)) };
}

/** DRIFTD_CRASH_SEED repeats a loop: the same records, and the same misfortunes at the same times. */
export function crashSeed(): number {
  return Number(process.env["DRIFTD_CRASH_SEED"] ?? Date.now() % 1_000_000);
}
