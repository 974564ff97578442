// Draws the interface's page. The document of record is /openapi.json (3.1); this page's renderer reads 3.0.
window.ui = SwaggerUIBundle({
  url: "/docs/openapi-3.0.json",
  dom_id: "#page",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
