// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import dev.jitney.event.Severity;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.PluginConfig;
import java.util.List;

/**
 * Makes the handler {@code alerts}, which raises alerts in the bus's alert store. The options are
 * listed in the README of this module.
 */
public final class AlertHandlerProvider implements HandlerProvider {

    /** The severities that may be asked for: what is only information alerts nobody. */
    private enum Least {
        WARNING(Severity.WARNING),
        CRITICAL(Severity.CRITICAL);

        private final Severity severity;

        Least(Severity severity) {
            this.severity = severity;
        }
    }

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
        Least least = config.choice("severity", Least.WARNING);
        List<TopicPattern> topics = config.topics("topics");
        if (config.context().alerts() == null) {
            config.problem(
                    "the bus has no alert store, ask for one with"
                            + " EventBusBuilder.plugin(AlertStoreProvider.class, \"file\", …)");
        }
        config.check();
        return new AlertHandler(topics, least.severity, config.context());
    }
}
