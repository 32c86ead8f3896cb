// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import com.networknt.schema.Schema;
import dev.jitney.event.TopicPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The schemas of a directory by topic. That of the topic itself is looked up, those with a star are
 * tried one by one: nothing is kept of the topics that are asked for, so any number of them is
 * fine.
 *
 * <p><b>Threads.</b> Immutable.
 */
final class TopicSchemas {

    static final TopicSchemas NONE = new TopicSchemas(List.of());

    private final Map<String, NamedSchema> exact = new HashMap<>();
    private final List<NamedSchema> starred = new ArrayList<>();

    /** A compiled schema, the file that it comes from, and the topics that it is for. */
    record NamedSchema(String file, TopicPattern pattern, Schema schema) {}

    TopicSchemas(List<NamedSchema> schemas) {
        for (NamedSchema schema : schemas) {
            if (schema.pattern().exact()) {
                exact.put(schema.pattern().text(), schema);
            } else {
                starred.add(schema);
            }
        }
    }

    /** Returns all schemas that the topic has to fit: its own first, then in order of file. */
    List<NamedSchema> of(String topic) {
        NamedSchema own = exact.get(topic);
        List<NamedSchema> all = own == null ? List.of() : List.of(own);
        for (NamedSchema schema : starred) {
            if (schema.pattern().matches(topic)) {
                all = new ArrayList<>(all);
                all.add(schema);
            }
        }
        return all;
    }
}
