//! The description of `/api/v1` (OpenAPI 3.1), made from the table of routes.

use std::sync::OnceLock;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, Paths,
    PathsBuilder, Ref, RefOr, Required, ResponseBuilder, Schema,
};

use super::error::Failure;
use super::input::JSON;
use super::route::{Access, Route, Shape};
use super::routes;
use crate::wire::problem::{PROBLEM_JSON, Problem};
use crate::wire::v1::person_data::JSON_LINES;

const API: &str = "/api/v1/";
const STEP_UP: &str = "Needs a session that gave its password within the last five minutes (`PUT /api/v1/session/step-up`), or a token that may manage; else 403 `step_up_required`.";
const SESSION: &str = "session";
const TOKEN: &str = "token";
/// As the description spells it; headers know no case.
const IDEMPOTENCY_KEY_NAME: &str = "Idempotency-Key";
const CERTIFICATE: &str = "certificate";

pub(super) async fn show() -> Result<Response, Failure> {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| describe().to_json().unwrap_or_default());
    if text.is_empty() {
        return Err(Failure::internal("The description of the API could not be written."));
    }
    let json = HeaderValue::from_static(JSON);
    Ok(([(CONTENT_TYPE, json)], text.as_str()).into_response())
}

/// The description of every route below `/api/v1`.
pub(super) fn describe() -> OpenApi {
    let mut schemas = Vec::new();
    (Shape::of::<Problem>().collect)(&mut schemas);
    let mut paths = PathsBuilder::new().build();
    for route in routes::table().iter().filter(|route| route.path.starts_with(API)) {
        for shape in [route.takes, route.gives].into_iter().flatten() {
            (shape.collect)(&mut schemas);
        }
        add(&mut paths, route);
    }
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(
            SESSION,
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("timebook_session"))),
        )
        .security_scheme(
            TOKEN,
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
        )
        .security_scheme(
            CERTIFICATE,
            SecurityScheme::MutualTls {
                description: Some("An enrolled computer's certificate".to_owned()),
                deprecated: None,
                extensions: None,
            },
        )
        .build();
    let info = InfoBuilder::new()
        .title("Timebook")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("The office's own API. Errors are problems (RFC 9457)."))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components))
        .security(Some([requirement(SESSION), requirement(TOKEN)]))
        .build()
}

fn add(paths: &mut Paths, route: &Route) {
    let mut operation = OperationBuilder::new().summary(Some(route.about));
    operation = match route.access {
        Access::Public => operation.securities(Some(Vec::<SecurityRequirement>::new())),
        Access::Device => operation.security(requirement(CERTIFICATE)),
        Access::SignedIn | Access::Right(_) => operation,
    };
    if route.steps_up {
        operation = operation.description(Some(STEP_UP));
    } else if route.steps_up_for_others {
        operation = operation.description(Some(format!("About others: {STEP_UP}")));
    }
    for name in in_path(route.path) {
        operation = operation.parameter(parameter(name, ParameterIn::Path, true));
    }
    for (name, required) in route.query {
        operation = operation.parameter(parameter(name, ParameterIn::Query, *required));
    }
    for name in
        [route.takes_key().then_some(IDEMPOTENCY_KEY_NAME), route.if_match.then_some("If-Match")]
            .into_iter()
            .flatten()
    {
        operation = operation.parameter(parameter(name, ParameterIn::Header, false));
    }
    if let Some(shape) = route.takes {
        operation = operation.request_body(Some(body(JSON, Some(schema(shape)))));
    } else if route.takes_bytes {
        operation = operation.request_body(Some(body("application/octet-stream", None)));
    }
    let mut good = ResponseBuilder::new().description("Done");
    if let Some(shape) = route.gives {
        good = good.content(JSON, ContentBuilder::new().schema(Some(schema(shape))).build());
    }
    let other = route.gives_other.unwrap_or_default();
    for (gives, media_type, kind) in [
        (!other.is_empty(), other, if other == JSON { Type::Object } else { Type::String }),
        (route.gives_csv, "text/csv", Type::String),
        (route.gives_lines, JSON_LINES, Type::String),
        // A file of JSON, in the form of whoever it is for.
        (route.gives_lines, JSON, Type::Object),
    ] {
        if gives {
            let text = ObjectBuilder::new().schema_type(kind).build();
            let text = RefOr::T(Schema::Object(text));
            good = good.content(media_type, ContentBuilder::new().schema(Some(text)).build());
        }
    }
    operation = operation.response(route.status.to_string(), good.build());
    if route.access != Access::Public {
        operation = operation.response("401", problem("Nobody known is asking"));
    }
    operation = operation.response("default", problem("It was not done"));
    let method = match route.method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    };
    paths.add_path_operation(route.path, vec![method], operation.build());
}

fn in_path(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn parameter(name: &str, place: ParameterIn, required: bool) -> utoipa::openapi::path::Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(if required { Required::True } else { Required::False })
        .schema(Some(Schema::Object(text)))
        .build()
}

fn body(
    media_type: &str,
    schema: Option<RefOr<Schema>>,
) -> utoipa::openapi::request_body::RequestBody {
    let content = ContentBuilder::new().schema(schema).build();
    RequestBodyBuilder::new().required(Some(Required::True)).content(media_type, content).build()
}

fn schema(shape: Shape) -> RefOr<Schema> {
    let one = Ref::from_schema_name((shape.name)());
    if !shape.is_list {
        return one.into();
    }
    let items = ArrayBuilder::new().items(one).build();
    let next = ObjectBuilder::new().schema_type(Type::String).build();
    let list = ObjectBuilder::new().property("items", items).required("items");
    Schema::Object(list.property("next", next).build()).into()
}

fn problem(description: &str) -> utoipa::openapi::Response {
    let content = ContentBuilder::new().schema(Some(schema(Shape::of::<Problem>()))).build();
    ResponseBuilder::new().description(description).content(PROBLEM_JSON, content).build()
}

fn requirement(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new::<_, [&str; 0], _>(scheme, [])
}
