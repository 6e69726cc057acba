//! The typed reader and the published schema are one, compared key by key in both directions.

use crate::spec::rule::Rule;
use crate::spec::shape::{
    DATABASES, Fields, Need, SCHEMA_FILE, SPEC_FILE, Same, Shape, TARGETS_FILE,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What is published, beside the shape that has to say the same.
fn published() -> [(Value, &'static Shape); 3] {
    [&SPEC_FILE, &TARGETS_FILE, &SCHEMA_FILE].map(|grammar| {
        let schema = serde_json::from_str((grammar.schema)()).expect("the schema is JSON");
        (schema, grammar.shape)
    })
}

fn resolve<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    match schema["$ref"].as_str() {
        Some(pointer) => {
            let target = root.pointer(&pointer[1..]);
            resolve(root, target.expect("a $ref leads to something"))
        }
        None => schema,
    }
}

fn same(root: &Value, schema: &Value, shape: &Shape, path: &str) {
    let schema = resolve(root, schema);
    match shape {
        Shape::One => assert_eq!(schema["const"], 1, "{path}"),
        Shape::Text(rule) => text(schema, rule, path),
        Shape::Choice(words) => assert_eq!(schema["enum"], json!(words), "{path}"),
        Shape::Whole { least, most } => {
            assert_eq!(schema["type"], "integer", "{path}");
            assert_eq!(
                (&schema["minimum"], &schema["maximum"]),
                (&json!(least), &json!(most)),
                "{path}"
            );
        }
        Shape::Signed => {
            assert_eq!(schema["type"], "integer", "{path}");
            assert_eq!(
                (&schema["minimum"], &schema["maximum"]),
                (&json!(i64::MIN), &json!(i64::MAX)),
                "{path}"
            );
        }
        Shape::Truth => assert_eq!(schema["type"], "boolean", "{path}"),
        Shape::Null => assert_eq!(schema["type"], "null", "{path}"),
        Shape::Scalar => assert_eq!(
            schema["type"],
            json!(["string", "number", "boolean"]),
            "{path}"
        ),
        Shape::Cell => assert_eq!(
            schema["type"],
            json!(["string", "number", "boolean", "null"]),
            "{path}"
        ),
        Shape::List {
            of,
            least,
            same: twice,
        } => {
            assert_eq!(schema["type"], "array", "{path}");
            assert_eq!(schema["minItems"], json!(least), "{path}");
            assert_eq!(
                schema["uniqueItems"] == true,
                *twice == Same::Refused,
                "{path}"
            );
            same(root, &schema["items"], of, &format!("{path}/-"));
        }
        Shape::Named { key, of, least } => {
            assert_eq!(schema["type"], "object", "{path}");
            assert_eq!(schema["minProperties"], json!(least), "{path}");
            text(resolve(root, &schema["propertyNames"]), key, path);
            same(
                root,
                &schema["additionalProperties"],
                of,
                &format!("{path}/*"),
            );
        }
        Shape::Databases(of) => {
            assert_eq!(schema["minProperties"], 1, "{path}");
            keys(schema, DATABASES.to_vec(), path);
            for name in DATABASES {
                same(
                    root,
                    &schema["properties"][name],
                    of,
                    &format!("{path}/{name}"),
                );
            }
        }
        Shape::Fields(known) => fields(root, schema, known, path),
        Shape::Any(shapes) => {
            let any = schema["anyOf"].as_array().expect(path);
            assert_eq!(any.len(), shapes.len(), "{path}");
            for (schema, shape) in any.iter().zip(*shapes) {
                same(root, schema, shape, path);
            }
        }
    }
}

fn text(schema: &Value, rule: &Rule, path: &str) {
    assert_eq!(schema["type"], "string", "{path}");
    assert_eq!(schema["pattern"], rule.pattern, "{path}");
    assert_eq!(schema["maxLength"], json!(rule.longest), "{path}");
}

fn keys(schema: &Value, known: Vec<&str>, path: &str) {
    assert_eq!(schema["type"], "object", "{path}");
    assert_eq!(schema["additionalProperties"], false, "{path}");
    let properties = schema["properties"].as_object().expect(path);
    let published: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
    assert_eq!(published, known.into_iter().collect(), "{path}");
    for (key, schema) in properties {
        let says = schema["description"].as_str().unwrap_or_default();
        assert!(says.len() > 10, "{path}/{key} has no description");
    }
}

fn fields(root: &Value, schema: &Value, known: &Fields, path: &str) {
    keys(
        schema,
        known.keys.iter().map(|field| field.name).collect(),
        path,
    );
    let required = known
        .keys
        .iter()
        .filter(|field| field.need == Need::Required);
    let required: Vec<_> = required.map(|field| field.name).collect();
    let published = schema["required"].as_array().cloned().unwrap_or_default();
    assert_eq!(json!(published), json!(required), "{path}");
    let one_of: Vec<_> = known
        .one_of
        .iter()
        .map(|key| json!({"required": [key]}))
        .collect();
    let published = schema["oneOf"].as_array().cloned().unwrap_or_default();
    assert_eq!(published, one_of, "{path}");
    let some_of: Vec<_> = known
        .some_of
        .iter()
        .map(|key| json!({"required": [key]}))
        .collect();
    let published = schema["anyOf"].as_array().cloned().unwrap_or_default();
    assert_eq!(published, some_of, "{path}");
    let exclusive = known.exclusive.iter();
    let exclusive: Vec<_> = exclusive
        .map(|(a, b)| json!({"not": {"required": [a, b]}}))
        .collect();
    let published = schema["allOf"].as_array().cloned().unwrap_or_default();
    assert_eq!(published, exclusive, "{path}");
    let needs: serde_json::Map<_, _> = known
        .needs
        .iter()
        .map(|needs| (needs.one.to_string(), json!([needs.other])))
        .collect();
    let published = schema["dependentRequired"].as_object().cloned();
    assert_eq!(published.unwrap_or_default(), needs, "{path}");
    for field in known.keys {
        let path = format!("{path}/{}", field.name);
        same(root, &schema["properties"][field.name], field.shape, &path);
    }
}

#[test]
fn schema_and_typed_reader_know_the_same_keys_words_and_limits() {
    for (schema, shape) in published() {
        same(&schema, &schema, shape, "");
    }
}

#[test]
fn the_schema_is_a_valid_draft_2020_12_schema() {
    for (schema, _) in published() {
        assert!(jsonschema::meta::is_valid(&schema));
    }
}
