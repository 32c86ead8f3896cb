// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import dev.jitney.event.InvalidTopicException;
import dev.jitney.event.Severity;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.PluginConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the handler {@code alerts}, which raises alerts in the bus's alert store. The options are
 * listed in the README of this module.
 */
public final class AlertHandlerProvider implements HandlerProvider {

    /** Called by the service loader. */
    public AlertHandlerProvider() {}

    @Override
    public String name() {
        return "alerts";
    }

    /** Alerts are for somebody, so to have them is a decision. */
    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    public EventHandler create(PluginConfig config) {
        Severity least = config.choice("severity", Severity.WARNING);
        if (least == Severity.INFO) {
            config.problem("'severity' is 'info', expected warning or critical");
        }
        List<TopicPattern> patterns = patterns(config, config.string("patterns", "*"));
        if (config.context().alerts() == null) {
            config.problem(
                    "the bus has no alert store, ask for one with"
                            + " EventBusBuilder.plugin(AlertStoreProvider.class, \"file\", …)");
        }
        config.check();
        return new AlertHandler(patterns, least, config.context());
    }

    private static List<TopicPattern> patterns(PluginConfig config, String value) {
        List<TopicPattern> patterns = new ArrayList<>();
        for (String text : value.split(",", -1)) {
            try {
                patterns.add(TopicPattern.parse(text.strip()));
            } catch (InvalidTopicException e) {
                String message = String.valueOf(e.getMessage());
                config.problem("'patterns': " + message.substring(0, message.length() - 1));
            }
        }
        return List.copyOf(patterns);
    }
}
