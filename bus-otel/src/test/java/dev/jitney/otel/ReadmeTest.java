// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.spi.BusMetric;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.ContextCarrierProvider;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.MetricsBackendProvider;
import dev.jitney.spi.PluginConfig;
import dev.jitney.tck.TckContext;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the README says is so. */
class ReadmeTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        GlobalOpenTelemetry.resetForTest();
        rig.close();
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    @Test
    @DisplayName("the README's Java examples are the code of this test, and do what they say")
    @SuppressWarnings("try") // The scope is there to be closed.
    void javaExamples() throws Exception {
        OpenTelemetry openTelemetry = rig.openTelemetry;
        GlobalOpenTelemetry.set(openTelemetry);
        // readme:start
        BusTelemetry telemetry = BusTelemetry.of(openTelemetry); // your SDK, or GlobalOpenTelemetry
        EventBus bus = telemetry.install(EventBus.builder("orders")).build();
        bus.subscribe(
                "order.placed",
                event -> {
                    Traces.setAttribute("order.kind", "tea"); // of the handler's span
                    bus.publish("order.paid", event.payload()); // its child, and of the same story
                });

        Map<String, String> request = Map.of("traceparent", PARENT); // headers of HTTP, say
        try (Scope scope = Traces.extract(request).makeCurrent()) {
            Traces.traced("checkout", () -> bus.publish("order.placed", "tea"));
        }
        // readme:end
        assertThat(bus.awaitIdle(Duration.ofSeconds(10))).isTrue();
        bus.close();
        // readme:start
        EventBus named =
                EventBus.builder("orders")
                        .discoverPlugins()
                        .plugin(InterceptorProvider.class, "otel", Map.of("linking", "parent"))
                        .plugin(ContextCarrierProvider.class, "otel", Map.of())
                        .plugin(MetricsBackendProvider.class, "otel", Map.of())
                        .build();
        // readme:end
        assertThat(named.pluginProblems()).isEmpty();
        named.close();
        assertThat(rig.tree())
                .isEqualTo(
                        """
                        T1 checkout INTERNAL OK
                        T1   send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=T1, message.id=#1}
                        T2 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=order.placed#s1, jitney.bus=orders, message.conversation_id=T1, message.id=#1, order.kind=tea}
                        T2   send order.paid PRODUCER {jitney.bus=orders, jitney.event.causation_id=#1, message.conversation_id=T1, message.id=#2}
                        """);
        assertThat(rig.spans().get(0).getParentSpanContext())
                .isEqualTo(TraceHeaders.parse(PARENT, null));
        regionsStandInTheReadme("src/test/java/dev/jitney/otel/ReadmeTest.java", "java", 2);
    }

    @Test
    @DisplayName("the README's Kotlin example is the code of its test")
    void kotlinExample() throws IOException {
        String file = "src/test/kotlin/dev/jitney/otel/ReadmeKotlinTest.kt";
        regionsStandInTheReadme(file, "kotlin", 1);
    }

    private static void regionsStandInTheReadme(String file, String language, int count)
            throws IOException {
        List<String> regions =
                Pattern.compile(" *// readme:start\n(.*?) *// readme:end\n", Pattern.DOTALL)
                        .matcher(Files.readString(Path.of(file)))
                        .results()
                        .map(
                                (MatchResult region) ->
                                        region.group(1).stripTrailing().stripIndent() + "\n")
                        .toList();
        assertThat(regions).hasSize(count);
        for (String region : regions) {
            assertThat(readme()).contains("```" + language + "\n" + region + "```");
        }
    }

    @Test
    @DisplayName("every option stands in the README, and nothing else")
    void everyOption() throws IOException {
        String options = readme().substring(readme().indexOf("## Options"));
        List<String> documented =
                Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
                        .matcher(options.substring(0, options.indexOf("\n## ")))
                        .results()
                        .map((MatchResult row) -> row.group(1))
                        .toList();
        PluginConfig config = PluginConfig.of("interceptor", Map.of("?", ""), new TckContext());
        try {
            new OtelInterceptorProvider().create(config);
            throw new AssertionError("An unknown key was taken.");
        } catch (ConfigException e) {
            assertThat(e.problems())
                    .containsExactly(
                            "'?' is not a known key, expected " + String.join(" or ", documented));
        }
    }

    @Test
    @DisplayName(
            "every span event and metric of the conventions stands in the README, and the version")
    void everyName() throws Exception {
        String readme = readme();
        assertThat(readme).contains("version " + Names.SEMCONV);
        for (Field field : Names.class.getDeclaredFields()) {
            Object name = field.get(null);
            boolean event = name instanceof String text && text.startsWith("jitney.");
            if (event && !name.equals("jitney.")) {
                assertThat(readme).contains("`" + name + "`");
            }
        }
        for (BusMetric metric : BusMetric.values()) {
            String name = Instrument.of(metric.metricName(), Map.of()).name();
            if (name.startsWith("messaging.")) {
                assertThat(readme).contains("| `" + name + "` |");
            }
        }
    }
}
