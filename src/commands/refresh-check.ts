import type { FaultAt } from "../config/location.ts";
import { formatDuration } from "../config/quantity.ts";
import type { Reference } from "../reference/reference.ts";
import { askedWindows } from "../rules/asked-options.ts";
import { LEAST_WINDOWS } from "../statistics/calibration.ts";
import { formatCount } from "../verdict/quantities.ts";
import type { LoadedModel } from "./load-rules.ts";

/** Whether a candidate could ever be made: what is sure to be refused at three in the night is said now. */
export function checkRefreshed({ model }: Pick<LoadedModel, "model">, reference: Reference): FaultAt[] {
  if (model.refresh === undefined) return [];
  const { last } = model.refresh;
  const path = ["references", "default", "refresh"];
  const faults = askedWindows(model).flatMap((size): FaultAt[] => {
    const windows = Math.floor(last / size);
    if (windows >= LEAST_WINDOWS) return [];
    const message = `holds ${formatCount(windows)} windows of ${formatDuration(size)}, and ${LEAST_WINDOWS} are needed; write ${formatDuration(LEAST_WINDOWS * size)} or more, or take shorter windows`;
    return [{ path: [...path, "last"], code: "NO_JUDGEMENT", message }];
  });
  const seasonal = reference.columns.filter((_, position) =>
    reference.segments.some(({ columns }) => columns[position].seasons !== undefined),
  );
  if (seasonal.length === 0) return faults;
  const names = seasonal.map(({ name }) => name).join(", ");
  const message = `the reference holds ${names} against the season, which takes whole weeks of hours to learn, and a daemon keeps 14 days of them; take refresh away, and build a new reference with driftd reference build`;
  return [...faults, { path, which: "key", code: "CONFLICT", message }];
}
