/** What the server says to one request, before scripts and headers of every answer are laid over it. */
export interface Answer {
  status: number;
  /** An object goes out as JSON, a string as it is, undefined as no body. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A 2xx answer with a JSON body. */
export const ok = (body: unknown, status = 200): Answer => ({ status, body });

// Error bodies: API-NOTES section 8, examples/error-*.json.

/** 401 of a missing, expired or unreadable token. */
export const unauthorized = (): Answer => ({ status: 401, body: { message: 'unauthorized', errinfo: null } });

/** 403 with the server's reason. */
export const forbidden = (message: string): Answer => ({ status: 403, body: { message, errinfo: {} } });

/** 404 of something that is not there, or that the caller may not know of. */
export const notFound = (): Answer => ({ status: 404, body: { message: 'object not found', errinfo: {} } });

/** 404 of a path that is no route; not JSON. */
export const noRoute = (): Answer => ({
  status: 404,
  body: '404: Page Not Found',
  headers: { 'content-type': 'text/plain; charset=utf-8' },
});

/** 405 of a known path. */
export const methodNotAllowed = (): Answer => ({ status: 405, body: { message: 'method not allowed', errinfo: {} } });

/** 400 of a parameter that does not pass. */
export const invalid = (field: string, problem: string, text: string): Answer => ({
  status: 400,
  body: { fields: { [field]: [problem] }, text },
});

/** An error of the login routes, which have `detail` in place of `message`. */
export const loginError = (status: number, detail: string): Answer => ({ status, body: { detail } });

/** 301 of a legacy path without its trailing slash. */
export const movedTo = (location: string): Answer => ({ status: 301, headers: { location } });
