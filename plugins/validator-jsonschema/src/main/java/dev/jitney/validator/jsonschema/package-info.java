// SPDX-License-Identifier: Apache-2.0
/**
 * A validator of payloads by JSON Schema, draft 2020-12 (VAL-2). {@code SchemaDirectory} reads and
 * compiles the schemas, once; {@code TopicSchemas} finds those of a topic; {@code
 * JsonSchemaValidator} is all that the bus sees.
 */
@NullMarked
package dev.jitney.validator.jsonschema;

import org.jspecify.annotations.NullMarked;
