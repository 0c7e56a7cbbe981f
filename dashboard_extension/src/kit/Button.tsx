import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";

export interface Looks {
  /** primary: the one thing to do here; error: what cannot be taken back. */
  variant?: "primary" | "secondary" | "tertiary" | "error";
  size?: "small" | "medium" | "large";
  icon?: ReactNode;
}

/** Something to press. It submits no form unless its `type` says so. */
export function Button(props: ButtonHTMLAttributes<HTMLButtonElement> & Looks & { ref?: Ref<HTMLButtonElement> }) {
  const { variant = "primary", size = "medium", icon, children, type = "button", className, ...rest } = props;
  return (
    <button {...rest} type={type} className={className ? `kit-button ${className}` : "kit-button"} data-variant={variant} data-size={size}>
      {icon}
      {children}
    </button>
  );
}
