// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.ready;

import dev.jitney.event.TopicPattern;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.PluginConfig;
import java.util.List;
import org.slf4j.event.Level;

/**
 * Makes interceptors of the name {@code logging}, which log each event once, when it has completed,
 * and each failure, through SLF4J as {@code dev.jitney.events.} and the bus's name.
 *
 * <p>Keys: {@code level} of the line for each event, {@code error}, {@code warn}, {@code info}
 * (default), {@code debug} or {@code trace}; {@code topics}, the patterns of those that are logged,
 * separated by commas (default {@code *}, all).
 *
 * <p>It takes part only where it is asked for.
 */
public final class LoggingInterceptorProvider implements InterceptorProvider {

    static final String NAME = "logging";

    /** Called by the service loader. */
    public LoggingInterceptorProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    public Interceptor create(PluginConfig config) {
        Level level = config.choice("level", Level.INFO);
        List<TopicPattern> topics = config.topics("topics");
        config.check();
        return new LoggingInterceptor(level, topics, config.context());
    }
}
