// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.ready;

import dev.jitney.engine.ready.FollowUpInterceptor.Kind;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.PluginConfig;
import java.util.List;

/**
 * Makes interceptors of the name {@code auto-error}, which for each handler that has failed for
 * good, after its retries, publish {@code <topic>.error} with the payload {@code handler}, {@code
 * errorType}, {@code error} (its message) and {@code attempts}, severity {@code WARNING} (ICP-2).
 *
 * <p>The new event has key and correlation of the one that was handled, whose id is its cause. None
 * follows on topics under {@code system.}, on those that end in {@code .error} or {@code .result},
 * and on replayed events. One that cannot be published is logged, as any failure of a plugin.
 *
 * <p>Keys: {@code topics}, the patterns of those that are followed up, separated by commas (default
 * {@code *}, all).
 *
 * <p>It takes part only where it is asked for.
 */
public final class AutoErrorProvider implements InterceptorProvider {

    static final String NAME = "auto-error";

    /** Called by the service loader. */
    public AutoErrorProvider() {}

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
        List<TopicPattern> topics = config.topics("topics");
        config.check();
        return new FollowUpInterceptor(Kind.ERROR, topics, config.context());
    }
}
