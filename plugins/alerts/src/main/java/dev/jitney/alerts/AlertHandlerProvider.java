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
        List<TopicPattern> topics = config.topics("topics");
        if (config.context().alerts() == null) {
            config.problem(
                    "the bus has no alert store, ask for one with"
                            + " EventBusBuilder.plugin(AlertStoreProvider.class, \"file\", …)");
        }
        config.check();
        return new AlertHandler(topics, least, config.context());
    }
}
