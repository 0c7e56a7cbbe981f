/** The clock in the bar of every page. */

import { control } from "/pages/js/lib/api.js";
import { attempt, toast } from "/pages/js/lib/feedback.js";
import { now, onState, refresh } from "/pages/js/lib/state.js";
import { moment, t } from "/pages/js/lib/text.js";

const clock = document.getElementById("clock");

function showTime() {
  const words = moment(now());
  if (clock.textContent !== words) clock.textContent = words;
  clock.dateTime = now().toISOString();
}

function seconds(step) {
  if (step !== "month") return Number(step);
  const start = now();
  const end = new Date(start);
  end.setUTCMonth(end.getUTCMonth() + 1);
  return Math.round((end - start) / 1000);
}

for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () =>
    attempt(button, async () => {
      await control("clock", { advance_seconds: seconds(button.dataset.advance) });
      await control("tick", {});
      await refresh();
      toast(t("clock.moved", { now: moment(now()) }));
      document.dispatchEvent(new Event("clock-moved"));
    }),
  );
}

onState(showTime);
setInterval(showTime, 1000);
