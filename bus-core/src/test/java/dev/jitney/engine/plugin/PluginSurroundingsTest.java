// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.Masker;
import dev.jitney.spi.MaskerProvider;
import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PayloadCodecProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bus hands to its plugins, and what surrounds them while they run. */
class PluginSurroundingsTest {

    private static final Event EVENT = Event.builder("a.b").id("e").payload(1).build();

    @TempDir private Path scratch;
    private PluginsBench bench;

    @BeforeEach
    void prepare() throws IOException {
        bench = new PluginsBench(scratch);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    @DisplayName("EVT-7 codecs are opened first, and the wire form is made of them")
    void codecsAreOpenedFirst() {
        bench.pack(
                PayloadCodecProvider.class,
                "Codec",
                """
                public class Codec implements PayloadCodecProvider {
                    public String name() { return "codec"; }
                    public PayloadCodec create(PluginConfig config) {
                        config.check();
                        PluginContext context = config.context();
                        String early;
                        try {
                            early = "" + context.eventFormat();
                        } catch (IllegalStateException e) {
                            early = e.getMessage();
                        }
                        String said = early;
                        return new PayloadCodec() {
                            public boolean supports(Class<?> type) { return false; }
                            public byte[] encode(Object value) { return said.getBytes(); }
                            public Object decode(byte[] json, java.lang.reflect.Type type) {
                                return context.eventFormat();
                            }
                        };
                    }
                }
                """);
        BusPlugins plugins = bench.open(bench.request());
        assertThat(bench.diary).as("nobody has asked for it").isEmpty();
        PayloadCodec codec = plugins.codecs().get(0);
        assertThat(new String(codec.encode(1), StandardCharsets.UTF_8))
                .isEqualTo(
                        "There is no wire form of events yet: it is made of the payload codecs. Ask"
                                + " for it when the codec is used.");
        assertThat(codec.decode(new byte[0], String.class)).isSameAs(plugins.eventFormat());
        assertThat(bench.diary).as("made once").containsExactly("format of 1");
    }

    @Test
    @DisplayName("RED-1 the masker is opened before the plugins that are handed it")
    void theMaskerIsHandedToThePlugins() {
        bench.pack(
                MaskerProvider.class,
                "Stars",
                """
                public class Stars implements MaskerProvider {
                    public String name() { return "stars"; }
                    public Masker create(PluginConfig config) {
                        config.check();
                        return new Masker() {
                            public String mask(String text) { return "***"; }
                            public String maskValue(String name, String value) { return "***"; }
                            public String maskJson(String json) { return "{}"; }
                        };
                    }
                }
                """);
        bench.pack(
                HandlerProvider.class,
                "Telling",
                """
                public class Telling implements HandlerProvider {
                    public String name() { return "telling"; }
                    public EventHandler create(PluginConfig config) {
                        config.check();
                        String seen = config.context().masker().mask("secret");
                        return new EventHandler() {
                            public String name() { return seen; }
                            public List<TopicPattern> patterns() { return List.of(); }
                            public void handle(Event event) {}
                        };
                    }
                }
                """);
        BusPlugins without = bench.open(bench.request());
        assertThat(without.handlers().get(0).name())
                .as("no masker is automatic")
                .isEqualTo("secret");
        assertThat(without.context().masker()).isSameAs(Masker.none());
        PluginRequest asking =
                bench.request().plugin(MaskerProvider.class, "stars", java.util.Map.of());
        assertThat(bench.open(asking).handlers().get(0).name()).isEqualTo("***");
    }

    @Test
    @DisplayName("SUB-1 a handler of a jar is called with its own class loader")
    void aHandlerIsCalledWithItsOwnClassLoader() throws Exception {
        bench.handler(
                "Hand",
                "boolean own = Thread.currentThread().getContextClassLoader() =="
                        + " getClass().getClassLoader(); note(event.topic() + \" \" + own);"
                        + " if (event.topic().equals(\"fail\")) throw new"
                        + " IllegalStateException(\"no\");");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        EventHandler hand = bench.open(bench.request()).handlers().get(0);
        hand.handle(Event.of("works", 1));
        assertThatThrownBy(() -> hand.handle(Event.of("fail", 1))).hasMessage("no");
        assertThat(bench.diary).endsWith("works true", "fail true");
        assertThat(hand).isNotInstanceOf(EventHandler.Staged.class);
        assertThat(hand.blocking()).isFalse();
        assertThat(hand.timeout()).isNull();
        assertThat(hand.wants(EVENT)).isTrue();
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    @DisplayName("SUB-7 a handler of a jar keeps its kind and its options")
    void aHandlerKeepsItsOptions() throws Exception {
        bench.pack(
                HandlerProvider.class,
                "Late",
                """
                public class Late implements HandlerProvider {
                    public String name() { return "late"; }
                    public EventHandler create(PluginConfig config) {
                        config.check();
                        return new EventHandler.Staged() {
                            public String name() { return "late"; }
                            public List<TopicPattern> patterns() {
                                return List.of(TopicPattern.parse("a.*"));
                            }
                            public int priority() { return 7; }
                            public Duration timeout() { return Duration.ofSeconds(3); }
                            public boolean wants(Event event) { return false; }
                            public CompletionStage<?> handleAsync(Event event) {
                                return CompletableFuture.completedFuture(
                                    Thread.currentThread().getContextClassLoader()
                                        == getClass().getClassLoader());
                            }
                        };
                    }
                }
                """);
        EventHandler.Staged late =
                (EventHandler.Staged) bench.open(bench.request()).handlers().get(0);
        assertThat(late.handleAsync(EVENT).toCompletableFuture().get()).isEqualTo(true);
        late.handle(EVENT);
        assertThat(late.name()).isEqualTo("late");
        assertThat(late.priority()).isEqualTo(7);
        assertThat(late.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(late.patterns()).containsExactly(TopicPattern.parse("a.*"));
        assertThat(late.wants(EVENT)).isFalse();
        assertThat(late.blocking()).isFalse();
        late.close();
    }

    @Test
    @DisplayName("NST-1 plugins publish through their context while the bus runs")
    void pluginsPublishWhileTheBusRuns() {
        BusPlugins plugins = bench.open(bench.request());
        String refusal =
                "Event 'a.b' cannot be published: bus 'shop' has not started yet, or is closed.";
        assertThatThrownBy(() -> plugins.context().publish(EVENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(refusal);
        List<Event> published = new ArrayList<>();
        plugins.connect(published::add);
        plugins.context().publish(EVENT);
        assertThat(published).containsExactly(EVENT);
        plugins.close();
        assertThatThrownBy(() -> plugins.context().publish(EVENT)).hasMessage(refusal);
    }
}
