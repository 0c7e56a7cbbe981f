"""What the live suite asks of a real Saleor about accounts."""

CONFIRM_ACCOUNT = """
mutation ConfirmAccount($email: String!, $token: String!) {
  confirmAccount(email: $email, token: $token) { errors { field message code } }
}
"""

ASK_FOR_PASSWORD = """
mutation AskForPassword($email: String!, $channel: String!, $url: String!) {
  requestPasswordReset(email: $email, channel: $channel, redirectUrl: $url) {
    errors { field message code }
  }
}
"""

SET_PASSWORD = """
mutation SetPassword($email: String!, $token: String!, $password: String!) {
  setPassword(email: $email, token: $token, password: $password) {
    errors { field message code }
  }
}
"""

ASK_FOR_ADDRESS = """
mutation AskForAddress($email: String!, $password: String!, $channel: String!, $url: String!) {
  requestEmailChange(newEmail: $email, password: $password, channel: $channel, redirectUrl: $url) {
    errors { field message code }
  }
}
"""

CHANGE_ADDRESS = """
mutation ChangeAddress($token: String!, $channel: String!) {
  confirmEmailChange(token: $token, channel: $channel) { errors { field message code } }
}
"""

ASK_FOR_DELETION = """
mutation AskForDeletion($channel: String!, $url: String!) {
  accountRequestDeletion(channel: $channel, redirectUrl: $url) { errors { field message code } }
}
"""

ACCOUNT_DELETE = """
mutation AccountDelete($token: String!) {
  accountDelete(token: $token) { errors { field message code } }
}
"""

SETTINGS = """
mutation Settings($input: ShopSettingsInput!) {
  shopSettingsUpdate(input: $input) { errors { field message code } }
}
"""

ASKS_TO_CONFIRM = "{ shop { enableAccountConfirmationByEmail } }"
