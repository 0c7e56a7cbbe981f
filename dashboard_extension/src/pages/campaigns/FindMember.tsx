import { useId, useState } from "react";

import { useApiQuery } from "@/api";
import { Button, FailureOf, useStaff, useT } from "@/kit";
import { useSettled } from "@/pages/members/settled";

/** A member's number, or what else is looked for. */
const NUMBER = /^\d{1,18}$/;
const LONGEST = 200;

/**
 * A member that is found by name, address or number; `change` is told the number, or "" while nobody
 * is meant. Staff who may not look at members know the number from elsewhere.
 */
export function FindMember(props: { change: (member: string) => void }) {
  const t = useT();
  const staff = useStaff();
  const id = useId();
  const [text, setText] = useState("");
  const [picked, setPicked] = useState(false);
  const looks = staff.mayAny("MANAGE_USERS", "MANAGE_ORDERS");
  const typed = text.trim();
  const wanted = useSettled(typed);
  const asked = looks && !picked && wanted !== "";
  const found = useApiQuery("/api/dashboard/v1/members", { params: { query: { q: wanted, first: 5 } } }, { enabled: asked, keep: true });
  const shown = asked && typed !== "" ? found.data?.items : undefined;
  const called = (one: { id: string; name: string; email: string | null }) => one.name || one.email || t("campaigns.member", { id: one.id });
  const type = (entered: string) => {
    setText(entered);
    setPicked(false);
    props.change(NUMBER.test(entered.trim()) ? entered.trim() : "");
  };
  return (
    <div className="kit-field">
      <label htmlFor={id}>{t(looks ? "campaigns.try_find" : "campaigns.try_member")}</label>
      <span className="kit-input">
        <input id={id} name="member" type="search" value={text} maxLength={LONGEST} autoComplete="off" onChange={(event) => type(event.target.value)} />
      </span>
      {asked && <FailureOf query={found} />}
      <p role="status" className="kit-hint">
        {shown !== undefined && t("campaigns.try_found_members", { count: shown.length })}
      </p>
      {shown !== undefined && shown.length > 0 && (
        <ul className="campaigns-found">
          {shown.map((one) => (
            <li key={one.id}>
              <Button
                type="button"
                size="small"
                variant="secondary"
                data-pick={one.id}
                onClick={() => {
                  setText(called(one));
                  setPicked(true);
                  props.change(one.id);
                }}
              >
                {one.name !== "" && one.email ? `${one.name} · ${one.email}` : called(one)}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
