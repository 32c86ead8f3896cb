// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.AlertStore.Alert;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Raises an alert for each event that is bad enough. Replayed events raise none: what they tell is
 * known. It publishes nothing, so it may see system events and cannot feed itself.
 */
final class AlertHandler implements EventHandler {

    private static final String REPLAYED = "replayof";
    private static final String MESSAGE = "message";
    private static final int MOST_MESSAGE = 500;

    private final List<TopicPattern> patterns;
    private final Severity least;
    private final PluginContext context;

    AlertHandler(List<TopicPattern> patterns, Severity least, PluginContext context) {
        this.patterns = patterns;
        this.least = least;
        this.context = context;
    }

    @Override
    public String name() {
        return "alerts";
    }

    @Override
    public List<TopicPattern> patterns() {
        return patterns;
    }

    /** Files may have to be waited for. */
    @Override
    public boolean blocking() {
        return true;
    }

    @Override
    public boolean wants(Event event) {
        return event.severity().compareTo(least) >= 0 && event.header(REPLAYED) == null;
    }

    @Override
    public void handle(Event event) {
        Objects.requireNonNull(context.alerts())
                .raise(Alert.of(event, message(event), context.clock().instant()));
    }

    // The text that the payload is, or has under "message"; else the payload's JSON; else the
    // topic.
    private String message(Event event) {
        String text = context.masker().mask(text(event)).strip();
        String line = text.isEmpty() ? event.topic() : text;
        return line.length() <= MOST_MESSAGE ? line : cut(line, MOST_MESSAGE - 1) + "…";
    }

    // Half a surrogate pair would not be written.
    private static String cut(String line, int most) {
        return line.substring(
                0, Character.isHighSurrogate(line.charAt(most - 1)) ? most - 1 : most);
    }

    private String text(Event event) {
        Object payload = event.payload();
        if (payload == null || payload instanceof byte[]) {
            return "";
        }
        if (payload instanceof String text) {
            return text;
        }
        try {
            String json = context.eventFormat().payloadJson(event);
            Object tree = context.eventFormat().payload(json).tree();
            if (tree instanceof Map<?, ?> map && map.get(MESSAGE) instanceof String text) {
                return context.masker().maskValue(MESSAGE, text);
            }
            return tree instanceof String text ? text : context.masker().maskJson(json);
        } catch (EventFormatException e) {
            return "";
        }
    }
}
