// Who is signed in. Tokens live in this module's memory and nowhere else.

const SOON = 60_000;

let config;
let tokens = null;
let refreshing = null;
const listeners = new Set();

/** What Cognito refused, in words. */
export class SignInError extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** Tells the module where the users are. */
export function configure(settings) {
  config = settings;
}

/** Called with whether somebody is signed in, on every change. */
export function onChange(listener) {
  listeners.add(listener);
}

/** The e-mail address of who is signed in. */
export function who() {
  return tokens ? (claims(tokens.id).email ?? "you") : null;
}

/** Whether somebody is signed in. */
export function signedIn() {
  return tokens !== null;
}

/** A token that is good for at least a minute; null when the session is over. */
export async function token({ fresh = false } = {}) {
  if (!tokens) return null;
  if (!fresh && claims(tokens.id).exp * 1000 - Date.now() > SOON) return tokens.id;
  // Requests that arrive together wait for one refresh.
  refreshing ??= refresh().finally(() => { refreshing = null; });
  return refreshing;
}

async function refresh() {
  try {
    const answer = await cognito("InitiateAuth", {
      AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: config.client_id,
      AuthParameters: { REFRESH_TOKEN: tokens.refresh },
    });
    tokens = { ...tokens, id: answer.AuthenticationResult.IdToken, access: answer.AuthenticationResult.AccessToken };
    return tokens.id;
  } catch (error) {
    // Only a refusal ends the session; a network that is away does not.
    if (error instanceof SignInError && error.kind !== "offline") {
      end();
      return null;
    }
    throw error;
  }
}

/** Signs in. Resolves to null, or to the challenge that must be answered first. */
export async function signIn(email, password) {
  return accept(email, await cognito("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH", ClientId: config.client_id,
    AuthParameters: { USERNAME: email, PASSWORD: password },
  }));
}

/** Answers a challenge of the sign-in: a new password, or the code of an authenticator. */
export async function answer(challenge, value) {
  const key = challenge.name === "NEW_PASSWORD_REQUIRED" ? "NEW_PASSWORD" : `${challenge.name}_CODE`;
  return accept(challenge.email, await cognito("RespondToAuthChallenge", {
    ChallengeName: challenge.name, ClientId: config.client_id, Session: challenge.session,
    ChallengeResponses: { USERNAME: challenge.email, [key]: value },
  }));
}

function accept(email, answer) {
  if (answer.ChallengeName) return { name: answer.ChallengeName, session: answer.Session, email };
  const result = answer.AuthenticationResult;
  tokens = { id: result.IdToken, access: result.AccessToken, refresh: result.RefreshToken };
  changed();
  return null;
}

/** Begins with a refresh token from elsewhere: how the tool opens the page signed in. */
export async function resume(refreshToken) {
  tokens = { id: null, access: null, refresh: refreshToken };
  if (await refresh()) changed();
}

/** Makes an account; a code follows by mail. */
export function signUp(email, password) {
  return cognito("SignUp", {
    ClientId: config.client_id, Username: email, Password: password,
    UserAttributes: [{ Name: "email", Value: email }],
  });
}

/** Confirms an account by the code that was sent. */
export function confirmSignUp(email, code) {
  return cognito("ConfirmSignUp", { ClientId: config.client_id, Username: email, ConfirmationCode: code });
}

/** Sends the code again. */
export function resendCode(email) {
  return cognito("ResendConfirmationCode", { ClientId: config.client_id, Username: email });
}

/** Sends a code with which a forgotten password is replaced. */
export function forgotPassword(email) {
  return cognito("ForgotPassword", { ClientId: config.client_id, Username: email });
}

/** Sets a new password by that code. */
export function resetPassword(email, code, password) {
  return cognito("ConfirmForgotPassword", {
    ClientId: config.client_id, Username: email, ConfirmationCode: code, Password: password,
  });
}

/** Signs out here; the refresh token is revoked where the network allows it. */
export async function signOut() {
  const refresh = tokens?.refresh;
  end();
  if (refresh) await cognito("RevokeToken", { ClientId: config.client_id, Token: refresh }).catch(() => {});
}

/** Forgets the tokens. */
export function end() {
  tokens = null;
  changed();
}

function changed() {
  for (const listener of listeners) listener(signedIn());
}

function claims(jwt) {
  const text = atob(jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (char) => char.charCodeAt(0))));
}

async function cognito(action, body) {
  let response;
  try {
    response = await fetch(config.endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
      },
      body: JSON.stringify(body),
      referrerPolicy: "no-referrer",
    });
  } catch {
    throw new SignInError("offline", "The sign-in service cannot be reached. Check your connection and try again.");
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const kind = String(answer.__type ?? "").split("#").pop();
  if (response.status >= 500) throw new SignInError("offline", "The sign-in service has trouble. Try again in a minute.");
  throw new SignInError(kind, WORDS[kind] ?? answer.message ?? "The sign-in service refused this.");
}

const WORDS = {
  NotAuthorizedException: "The e-mail address or the password is wrong.",
  UserNotFoundException: "The e-mail address or the password is wrong.",
  UsernameExistsException: "There is an account with this e-mail address. Sign in, or reset its password.",
  CodeMismatchException: "This is not the code that was sent. Look at the latest mail.",
  ExpiredCodeException: "The code has expired. Ask for a new one.",
  LimitExceededException: "Too many tries. Wait a few minutes.",
  TooManyRequestsException: "Too many tries. Wait a few minutes.",
};
