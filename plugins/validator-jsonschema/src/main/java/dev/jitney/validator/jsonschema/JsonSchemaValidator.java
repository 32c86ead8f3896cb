// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.networknt.schema.Error;
import dev.jitney.event.Event;
import dev.jitney.event.PayloadException;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.ValidationException.Problem;
import dev.jitney.validator.jsonschema.TopicSchemas.NamedSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks the payload of an event, as it would be on the wire, against all schemas of its topic.
 *
 * <p>No message holds a value of the payload: it may be secret, and messages are logged. The names
 * of its keys are shown.
 */
final class JsonSchemaValidator implements EventValidator {

    private final TopicSchemas schemas;
    private final EventFormat format;
    private final boolean requireSchema;
    private final boolean warn;

    JsonSchemaValidator(
            TopicSchemas schemas, EventFormat format, boolean requireSchema, boolean warn) {
        this.schemas = schemas;
        this.format = format;
        this.requireSchema = requireSchema;
        this.warn = warn;
    }

    @Override
    public String name() {
        return JsonSchemaValidatorProvider.NAME;
    }

    @Override
    public List<Problem> validate(Event event) {
        List<NamedSchema> all = schemas.of(event.topic());
        if (all.isEmpty()) {
            return requireSchema ? List.of(noSchema(event)) : List.of();
        }
        JsonNode payload;
        try {
            payload = payload(event);
        } catch (EventFormatException | JsonProcessingException e) {
            Exception reason = e.getCause() instanceof PayloadException wrong ? wrong : e;
            return List.of(
                    problem("the payload cannot be written as JSON. " + Json.clause(reason)));
        }
        List<Problem> problems = List.of();
        for (NamedSchema schema : all) {
            List<Problem> found = problems(schema, payload);
            if (!found.isEmpty()) {
                problems = new ArrayList<>(problems);
                problems.addAll(found);
            }
        }
        return problems;
    }

    private List<Problem> problems(NamedSchema schema, JsonNode payload) {
        try {
            return schema.schema().validate(payload).stream()
                    .map(error -> problem(error, schema.file()))
                    .toList();
        } catch (RuntimeException | StackOverflowError e) {
            // Thrown on, it would be a failure of the validator, and let the event through.
            return List.of(
                    problem(
                            "the payload cannot be checked, for it leads to a %s (%s)"
                                    .formatted(e.getClass().getSimpleName(), schema.file())));
        }
    }

    private JsonNode payload(Event event) throws JsonProcessingException {
        return event.hasPayload()
                ? Json.MAPPER.readTree(format.payloadJson(event))
                : NullNode.getInstance();
    }

    private Problem noSchema(Event event) {
        return problem("no schema is for this topic, add one as " + event.topic() + ".json");
    }

    private Problem problem(Error error, String file) {
        String pointer = error.getInstanceLocation().toString();
        Problem problem = Problem.at(pointer, Json.clause(error) + " (" + file + ")");
        return warn ? problem.asWarning() : problem;
    }

    private Problem problem(String message) {
        Problem problem = Problem.of(message);
        return warn ? problem.asWarning() : problem;
    }
}
