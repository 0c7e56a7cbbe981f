export { Button } from "./Button";
export { ButtonLink } from "./ButtonLink";
export { ConfirmDialog, Dialog } from "./dialogs";
export { decimalInput, decimalText, decimalTyped, wholeTyped } from "./decimals";
export { useDownload } from "./download";
export {
  FieldDate,
  FieldDecimal,
  FieldLongText,
  FieldMoney,
  FieldNumber,
  FieldSelect,
  FieldSwitch,
  FieldText,
  SwitchRow,
  type Choice,
} from "./fields";
export { Badge, Empty, Figures, Notice, Page, Resting, Section, Terms, type Tone } from "./layout";
export { SaveBar, useExitGuard } from "./saving";
export { useBridge, useNotify, useStaff, useT, type Permission } from "./staff";
export { CursorTable, Table, type Column } from "./table";
export { useChosenInSight } from "./tabrow";
export { Given, Money, Points, useLanguageName, useMoney, When, type MoneyValue } from "./values";
export { Failure, FailureOf, Loaded, Progress, Skeleton, useFailureWords } from "./waiting";
