// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.ready;

import dev.jitney.event.InvalidTopicException;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.PluginConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The key {@code topics}: patterns, separated by commas, of the topics that an interceptor is for.
 */
record TopicChoice(List<TopicPattern> patterns) {

    static TopicChoice of(PluginConfig config) {
        List<TopicPattern> patterns = new ArrayList<>();
        for (String part : config.string("topics", TopicPattern.ALL.toString()).split(",", -1)) {
            try {
                patterns.add(TopicPattern.parse(part.strip()));
            } catch (InvalidTopicException e) {
                config.problem(
                        "'topics' holds '%s', expected topic patterns such as order.*,user.*: %s"
                                .formatted(part.strip(), e.getMessage()));
            }
        }
        return new TopicChoice(List.copyOf(patterns));
    }

    boolean has(String topic) {
        for (TopicPattern pattern : patterns) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }
}
