// Starts the viewer on the OpenAPI page of this server.
"use strict";

// The viewer sets its own markup and that of the page's descriptions, which it has cleaned. Scripts and their addresses stay refused.
globalThis.trustedTypes?.createPolicy("default", { createHTML: (markup) => markup });

// Who is signed in is said by the session's cookie, which the browser sends by itself and which no script can set.
const withoutAuthorize = () => ({ wrapComponents: { authorizeBtn: () => () => null, authorizeOperationBtn: () => () => null } });

SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  plugins: [withoutAuthorize],
});
