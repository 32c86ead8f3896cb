// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.TopicPattern;
import dev.jitney.tck.EventShapes;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the interfaces do by themselves. */
class SpiDefaultsTest {

    private final EventFormat format = new TckContext().eventFormat();

    /** A staged handler that takes down topics. */
    private static final class Staged implements EventHandler.Staged {

        private final List<String> handled = new ArrayList<>();

        @Override
        public String name() {
            return "staged";
        }

        @Override
        public List<TopicPattern> patterns() {
            return List.of(TopicPattern.ALL);
        }

        @Override
        public CompletionStage<?> handleAsync(Event event) {
            handled.add(event.topic());
            return switch (event.topic()) {
                case "fails" -> CompletableFuture.failedFuture(new IOException("no route"));
                case "ends" -> CompletableFuture.failedFuture(new CancellationException("no more"));
                case "errs" -> CompletableFuture.failedFuture(new AssertionError("bug"));
                default -> CompletableFuture.completedFuture(1);
            };
        }
    }

    @Test
    @DisplayName("SUB-1 a handler that returns a stage can be waited for, with its own failure")
    void aStagedHandlerCanBeWaitedFor() throws Exception {
        Staged handler = new Staged();
        handler.handle(Event.of("works", 1));
        assertThatThrownBy(() -> handler.handle(Event.of("fails", 1)))
                .isInstanceOf(IOException.class)
                .hasMessage("no route");
        assertThatThrownBy(() -> handler.handle(Event.of("ends", 1)))
                .isInstanceOf(CancellationException.class)
                .hasMessage("no more");
        assertThatThrownBy(() -> handler.handle(Event.of("errs", 1)))
                .hasCauseInstanceOf(AssertionError.class);
        assertThat(handler.handled).containsExactly("works", "fails", "ends", "errs");
        handler.close();
    }

    @Test
    @DisplayName("STO-2 an append tells the failure of its stage, not one around it")
    void anAppendTellsItsOwnFailure() {
        CompletableFuture<Offset> stage = new CompletableFuture<>();
        Append append =
                new Append() {
                    @Override
                    public CompletionStage<Offset> reached(Level level) {
                        return level == Level.DISK ? stage.thenApply(it -> it) : stage;
                    }

                    @Override
                    public boolean isDone(Level level) {
                        return stage.isDone();
                    }
                };
        assertThat(append.failure(Level.OS)).isNull();
        CancellationException cancelled = new CancellationException("no more");
        stage.completeExceptionally(cancelled);
        assertThat(append.failure(Level.OS)).isSameAs(cancelled);
        assertThat(append.failure(Level.DISK)).isSameAs(cancelled);
        stage.obtrudeException(new StoreException("full"));
        assertThat(append.failure(Level.OS)).hasMessage("full");
        stage.obtrudeValue(Offset.of(1));
        assertThat(append.failure(Level.OS)).isNull();
    }

    @Test
    @DisplayName("SUB-3 a handler that declares nothing has the usual priority and limit")
    void aHandlerHasTheUsualOptions() {
        EventHandler handler = new Staged();
        assertThat(handler.priority()).isEqualTo(100);
        assertThat(handler.blocking()).isFalse();
        assertThat(handler.timeout()).isNull();
        assertThat(handler.wants(Event.of("a.b", 1))).isTrue();
    }

    @Test
    @DisplayName("ICP-1 an interceptor that overrides nothing changes nothing")
    void anIdleInterceptorChangesNothing() {
        Interceptor idle = () -> "idle";
        Event event = Event.of("a.b", 1);
        assertThat(idle.phase()).isEqualTo(Interceptor.Phase.NORMAL);
        assertThat(idle.observe(event, PublicationInfo.Origin.PUBLISHED)).isSameAs(idle);
        assertThat(idle.beforePublish(event)).isSameAs(event);
        idle.close();
    }

    @Test
    @DisplayName("RED-1 without a masker nothing is masked, nor written to find that out")
    void noMaskerMasksNothing() {
        Masker none = Masker.none();
        assertThat(none.mask("hunter2")).isEqualTo("hunter2");
        assertThat(none.maskValue("password", "hunter2")).isEqualTo("hunter2");
        assertThat(none.maskJson("{\"a\": 1}")).isEqualTo("{\"a\": 1}");
        for (Event event : EventShapes.all()) {
            assertThat(none.mask(event, format)).isSameAs(event);
        }
        Event unwritable = Event.of("a.b", new Object());
        assertThat(none.mask(unwritable, format)).isSameAs(unwritable);
        none.close();
    }

    @Test
    @DisplayName("RED-1 an event is masked in payload, subject and headers, and keeps its identity")
    void masksAnEvent() {
        Masker masker =
                new Masker() {
                    @Override
                    public String mask(String text) {
                        return text.replace("7", "*");
                    }

                    @Override
                    public String maskValue(String name, String value) {
                        return name.equals("secret") ? "***" : mask(value);
                    }

                    @Override
                    public String maskJson(String json) {
                        return json.replace("hunter7", "***");
                    }
                };
        Event event =
                Event.builder("topic7.a")
                        .id("id7")
                        .source("source7")
                        .key("key7")
                        .correlationId("story7")
                        .subject("subject 7")
                        .header("secret", "x")
                        .header("X-Odd", "so 7")
                        .header("plain", "y")
                        .extension("flag", true)
                        .payload(Map.of("who", "hunter7"))
                        .build();
        Event masked = masker.mask(event, format);
        assertThat(masked.payload()).isEqualTo(JsonPayload.of("{\"who\":\"***\"}"));
        assertThat(masked.subject()).isEqualTo("subject *");
        assertThat(masked.headers())
                .containsEntry("secret", "***")
                .containsEntry("X-Odd", "so *")
                .containsEntry("plain", "y");
        assertThat(masked.extensions()).containsEntry("flag", true);
        assertThat(masked.id()).isEqualTo("id7");
        assertThat(masked.topic()).isEqualTo("topic7.a");
        assertThat(masked.source()).isEqualTo("source7");
        assertThat(masked.key()).isEqualTo("key7");
        assertThat(masked.correlationId()).isEqualTo("story7");
        assertThat(masker.mask(Event.of("a.b", "a 7 b"), format).payload()).isEqualTo("a * b");
        Event bytes = Event.of("a.b", new byte[] {'7'});
        assertThat(masker.mask(bytes, format)).isSameAs(bytes);
        assertThatThrownBy(() -> masker.mask(Event.of("a.b", new Object()), format))
                .isInstanceOf(EventFormatException.class);
    }

    @Test
    void aContextWithoutABusCannotPublish() {
        PluginContext context =
                new PluginContext() {
                    @Override
                    public EventFormat eventFormat() {
                        return format;
                    }

                    @Override
                    public InstantSource clock() {
                        return InstantSource.system();
                    }
                };
        assertThat(context.busName()).isEqualTo("bus");
        assertThat(context.masker()).isSameAs(Masker.none());
        assertThatThrownBy(() -> context.publish(Event.of("a.b", 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Event 'a.b' cannot be published: this tool runs no bus.");
    }
}
