import { actions } from "@saleor/app-sdk/app-bridge";

import { useApiQuery } from "@/api/hooks";
import { Button, Empty, Loaded, useBridge, useStaff, useT } from "@/kit";

import { param } from "../shared/place";
import { Give } from "./Give";

/** The popup "give or take points", opened from a customer's widget or menu. */
export function Widget() {
  const { appParams } = useStaff();
  const customer = customerOf(appParams) ?? param("customerId");
  if (customer === "") return <Nobody />;
  return <ForCustomer customer={customer} />;
}

/** The customer that a widget gave along. */
function customerOf(given: unknown): string | null {
  if (typeof given !== "object" || given === null || !("customerId" in given)) return null;
  return typeof given.customerId === "string" && given.customerId !== "" ? given.customerId : null;
}

function ForCustomer({ customer }: { customer: string }) {
  const seen = useApiQuery("/api/dashboard/v1/widgets/customer", { params: { query: { customer_id: customer } } });
  const terms = useApiQuery("/api/dashboard/v1/points-terms");
  return (
    <Loaded query={seen}>
      {({ member, points }) =>
        member === null ? (
          <Nobody />
        ) : (
          <Loaded query={terms}>{(may) => <Give member={member.id} available={points.available} terms={may} />}</Loaded>
        )
      }
    </Loaded>
  );
}

function Nobody() {
  const t = useT();
  const bridge = useBridge();
  return (
    <Empty
      title={t("points.nobody")}
      action={
        <Button variant="secondary" onClick={() => void bridge.act(actions.PopupClose())}>
          {t("points.close")}
        </Button>
      }
    >
      {t("points.nobody_text")}
    </Empty>
  );
}
