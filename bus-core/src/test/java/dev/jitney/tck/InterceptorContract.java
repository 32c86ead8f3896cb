// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.PublicationInfo.Origin;
import dev.jitney.spi.ValidationException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every interceptor keeps to (ICP-1): it bears every order of hooks that a bus may call, on
 * any thread, and leaves no trace there. What it does is for its own tests. Extend it to prove one:
 *
 * <pre>{@code
 * class AcmeInterceptorContractTest extends InterceptorContract {
 *     @Override
 *     protected Interceptor open(PluginContext context) {
 *         return new AcmeProvider().create(PluginConfig.of("interceptor 'acme'", Map.of(), context));
 *     }
 *
 *     @Override
 *     protected Object traces() {
 *         return MDC.getCopyOfContextMap();
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class InterceptorContract {

    private final PluginHarness plugins = new PluginHarness();

    /** Opens the interceptor. The contract closes what is opened. */
    protected abstract Interceptor open(PluginContext context);

    /** Returns events that the interceptor does not refuse, each with a source: one or more. */
    protected List<Event> samples() {
        return List.of(Event.builder("tck.sample").source("tck").payload("x").build());
    }

    /**
     * Returns what of the calling thread the interceptor changes while a handler runs, to be
     * compared with {@code equals}; null for nothing.
     */
    protected @Nullable Object traces() {
        return null;
    }

    @AfterEach
    void closePlugins() throws Exception {
        plugins.close();
    }

    private Interceptor open() {
        return plugins.keep(open(plugins.context()));
    }

    private InterceptorRounds rounds(Interceptor interceptor) {
        return new InterceptorRounds(interceptor, plugins, this::allTraces);
    }

    private Object allTraces() {
        return java.util.Arrays.asList(ThreadTraces.now(), traces());
    }

    @Test
    @DisplayName("ICP-1 has a name and a phase that stay")
    void hasANameAndAPhase() {
        Interceptor interceptor = open();
        assertThat(interceptor.name()).matches("[a-z][a-z0-9-]*").isEqualTo(interceptor.name());
        assertThat(interceptor.phase()).isNotNull().isEqualTo(interceptor.phase());
    }

    @Test
    @DisplayName("ICP-1 gives an event for every event, or refuses it as the rules say")
    void givesAnEventForEveryEvent() {
        Interceptor interceptor = open();
        for (Event event : EventShapes.all()) {
            PublicationInfo.Observer observer = interceptor.observe(event, Origin.PUBLISHED);
            if (observer == null) {
                continue;
            }
            try {
                assertThat(observer.beforePublish(event)).as("in place of %s", event).isNotNull();
            } catch (ValidationException refusal) {
                assertThat(refusal.rule()).as("rule of %s", refusal).isEqualTo(interceptor.name());
                observer.refused(event, refusal);
            }
        }
    }

    @Test
    @DisplayName("ICP-1 lets its samples pass")
    void letsItsSamplesPass() {
        Interceptor interceptor = open();
        assertThat(samples()).as("events to try").isNotEmpty();
        for (Event event : samples()) {
            PublicationInfo.Observer observer = interceptor.observe(event, Origin.PUBLISHED);
            if (observer != null) {
                assertThat(observer.beforePublish(event)).as("for %s", event).isNotNull();
            }
        }
    }

    @Test
    @DisplayName("ICP-1 bears every way of an event, and leaves each thread as it was")
    void bearsEveryWayOfAnEvent() throws Exception {
        InterceptorRounds rounds = rounds(open());
        for (Event event : samples()) {
            rounds.all(event);
        }
    }

    @Test
    @DisplayName("ICP-1 bears events of several threads at once")
    void bearsSeveralThreads() {
        Interceptor interceptor = open();
        plugins.inParallel(
                thread -> {
                    for (Event event : samples()) {
                        rounds(interceptor).all(event.renew());
                    }
                    return true;
                });
    }

    @Test
    @DisplayName("ICP-1 bears subscriptions that come and go")
    void bearsSubscriptions() {
        Interceptor interceptor = open();
        Sample first = new Sample("sub-1", "mail");
        Sample second = new Sample("sub-2", "mail");
        interceptor.subscriptionAdded(first);
        interceptor.subscriptionAdded(second);
        interceptor.subscriptionRemoved(first);
        interceptor.subscriptionRemoved(second);
    }

    /** A subscription; two may have one name. */
    private record Sample(String id, String name) implements Interceptor.SubscriptionInfo {

        @Override
        public TopicPattern pattern() {
            return TopicPattern.ALL;
        }

        @Override
        public int priority() {
            return 100;
        }
    }

    @Test
    @DisplayName("ICP-1 may be closed twice, with events on their way")
    void mayBeClosedTwice() {
        Interceptor interceptor = open();
        Event event = samples().get(0);
        PublicationInfo.Observer observer = interceptor.observe(event, Origin.PUBLISHED);
        if (observer != null) {
            Event changed = observer.beforePublish(event);
            observer.pending(new TckPublication(changed, Origin.PUBLISHED));
        }
        interceptor.close();
        interceptor.close();
    }
}
