// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.log;

import dev.jitney.spi.EventHandler;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.PluginConfig;

/** Offers the log, as handler {@code log}. Its README has a table of the options. */
public final class LogHandlerProvider implements HandlerProvider {

    static final String NAME = "log";

    /** Found by {@code ServiceLoader}. */
    public LogHandlerProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public EventHandler create(PluginConfig config) {
        String logger =
                config.string("logger", "dev.jitney.log." + config.context().busName()).strip();
        // By chance, as where a variable is not set: SLF4J would take it for a name.
        if (logger.isEmpty()) {
            config.problem("'logger' is empty");
        }
        LogHandler handler =
                new LogHandler(
                        config.topics("topics"),
                        logger,
                        config.choice("level", LogHandler.LogLevel.SEVERITY),
                        config.choice("format", LogHandler.Form.LINE),
                        (int) config.number("max-length", 2_000, 100, 1_000_000),
                        config.context());
        config.check();
        return handler;
    }

    /** Not by itself: payloads in a log are a decision. */
    @Override
    public boolean automatic() {
        return false;
    }
}
