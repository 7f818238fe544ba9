/** What only looks like a request: framing that is wrong or that two readers could read differently. */

/** Each alone on its connection; whether an answer comes is the server's to say, but the connection must end. */
export const raws: Readonly<Record<string, (path: string, token: string) => string>> = {
  'two lengths': (path, token) =>
    `GET ${path} HTTP/1.1\r\nhost: x\r\nx-auth-token: ${token}\r\ncontent-length: 0\r\ncontent-length: 5\r\n\r\n`,
  'a length and chunks': (path, token) =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nx-auth-token: ${token}\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n`,
  'a length below zero': (path, token) =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nx-auth-token: ${token}\r\ncontent-length: -1\r\n\r\n{}`,
  'a chunk without a size': (path, token) =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nx-auth-token: ${token}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  'chunks twice': (path, token) =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nx-auth-token: ${token}\r\ntransfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
  'bare line ends': (path, token) => `GET ${path} HTTP/1.1\nhost: x\nx-auth-token: ${token}\n\n`,
  'a name with a space': (path, token) => `GET ${path} HTTP/1.1\r\nhost: x\r\nx-auth-token : ${token}\r\n\r\n`,
  'no host': (path, token) => `GET ${path} HTTP/1.1\r\nx-auth-token: ${token}\r\n\r\n`,
  'an older protocol': (path, token) => `GET ${path} HTTP/1.0\r\nx-auth-token: ${token}\r\n\r\n`,
  'no protocol': (path) => `GET ${path}\r\n\r\n`,
  'a newer protocol': () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  encrypted: () => '\u0016\u0003\u0001\u0000\u0005hello\r\n\r\n',
  'another verb': (path) => `BREW ${path} HTTP/1.1\r\nhost: x\r\n\r\n`,
  'a verb in small letters': (path) => `get ${path} HTTP/1.1\r\nhost: x\r\n\r\n`,
  'a path with a space': (path) => `GET ${path} more HTTP/1.1\r\nhost: x\r\n\r\n`,
  'a path that is none': () => 'GET no/slash HTTP/1.1\r\nhost: x\r\n\r\n',
  'bytes that are no letters': (path) => `GET ${path}\u0080\u00ff HTTP/1.1\r\nhost: x\r\n\r\n`,
  'a header without end': (path) => `GET ${path} HTTP/1.1\r\nhost: x\r\nx-y: `,
  'a line folded': (path, token) => `GET ${path} HTTP/1.1\r\nhost: x\r\nx-y: a\r\n b\r\nx-auth-token: ${token}\r\n\r\n`,
  'a body that breaks off': (path, token) =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nx-auth-token: ${token}\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"name":`,
  nothing: () => '\r\n\r\n',
  noise: () => '\u0000\u0001\u0002}{][\r\n\r\n',
}
