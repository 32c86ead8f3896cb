// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginContext;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every handler that comes as a plugin keeps to (SUB-1, SUB-3, ERR-1). What it does with
 * events is for its own tests. Extend it to prove one:
 *
 * <pre>{@code
 * class AcmeHandlerContractTest extends HandlerContract {
 *     @Override
 *     protected EventHandler open(PluginContext context) {
 *         return new AcmeProvider().create(PluginConfig.of("handler 'acme'", Map.of(), context));
 *     }
 *
 *     @Override
 *     protected List<Event> samples() {
 *         return List.of(Event.builder("order.placed").source("shop").payload(1).build());
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class HandlerContract {

    private final PluginHarness plugins = new PluginHarness();

    /** Opens the handler. The contract closes what is opened. */
    protected abstract EventHandler open(PluginContext context);

    /** Returns events that the handler wants and can handle: one or more, each with a source. */
    protected abstract List<Event> samples();

    @AfterEach
    void closePlugins() throws Exception {
        plugins.close();
    }

    /** Opens the handler and starts it, as a bus does. */
    private EventHandler open() {
        EventHandler handler = plugins.keep(open(plugins.context()));
        handler.start(plugins.context());
        return handler;
    }

    /** Handles an event as a bus does, and waits until that is done. */
    private static void handle(EventHandler handler, Event event) throws Exception {
        if (handler instanceof EventHandler.Staged staged) {
            CompletionStage<?> stage = staged.handleAsync(event);
            assertThat(stage).as("stage for %s", event).isNotNull();
            stage.toCompletableFuture().get(StoreHarness.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } else {
            handler.handle(event);
        }
    }

    @Test
    @DisplayName("SUB-4 declares a name and patterns that stay")
    void declaresWhatStays() {
        EventHandler handler = open();
        assertThat(handler.name()).isNotBlank().isEqualTo(handler.name());
        assertThat(handler.patterns()).as("patterns").isNotEmpty().doesNotHaveDuplicates();
        assertThat(handler.patterns()).isEqualTo(handler.patterns());
        assertThat(handler.priority()).isEqualTo(handler.priority());
        assertThat(handler.blocking()).isEqualTo(handler.blocking());
        assertThat(handler.timeout()).isEqualTo(handler.timeout());
        if (handler.timeout() != null) {
            assertThat(handler.timeout().isNegative()).as("negative time limit").isFalse();
        }
    }

    @Test
    @DisplayName("SUB-1 a handler that returns a stage does not declare that it blocks")
    void isOfOneKind() {
        EventHandler handler = open();
        if (handler instanceof EventHandler.Staged) {
            assertThat(handler.blocking()).isFalse();
        }
    }

    @Test
    @DisplayName("SUB-2 selects its samples, and bears to be asked about every shape of event")
    void selectsItsSamples() {
        EventHandler handler = open();
        assertThat(samples()).as("events to try").isNotEmpty();
        for (Event event : samples()) {
            assertThat(handler.patterns())
                    .as("patterns for '%s'", event.topic())
                    .anyMatch((TopicPattern pattern) -> pattern.matches(event.topic()));
            assertThat(handler.wants(event)).as("wants %s", event).isTrue();
        }
        EventShapes.all().forEach(handler::wants);
    }

    @Test
    @DisplayName("SUB-1 handles its samples, again too, and leaves the thread as it was")
    void handlesItsSamples() throws Exception {
        EventHandler handler = open();
        Object before = ThreadTraces.now();
        for (Event event : samples()) {
            handle(handler, event);
            handle(handler, event);
            assertThat(ThreadTraces.now()).as("thread after %s", event).isEqualTo(before);
        }
    }

    @Test
    @DisplayName("SUB-1 serves several threads at once")
    void servesSeveralThreads() {
        EventHandler handler = open();
        plugins.inParallel(
                thread -> {
                    for (Event event : samples()) {
                        handle(handler, event.renew());
                    }
                    return true;
                });
    }

    @Test
    @DisplayName("SUB-1 may be closed twice, and without having handled anything")
    void mayBeClosedTwice() {
        EventHandler handler = open();
        handler.close();
        handler.close();
    }
}
