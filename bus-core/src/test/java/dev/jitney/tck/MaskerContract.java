// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.Masker;
import dev.jitney.spi.PluginContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every masker keeps to (RED-1); which secrets it knows is for its own tests. Extend it to
 * prove one:
 *
 * <pre>{@code
 * class AcmeMaskerContractTest extends MaskerContract {
 *     @Override
 *     protected Masker open(PluginContext context) {
 *         return new AcmeProvider().create(PluginConfig.of("masker 'acme'", Map.of(), context));
 *     }
 *
 *     @Override
 *     protected Map<String, String> secrets() {
 *         return Map.of("password", "hunter2");
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class MaskerContract {

    private static final List<String> PLAIN = List.of("", " ", "hello", "ü € 𝄞 \n\t\0", "\ud83d");

    private final PluginHarness plugins = new PluginHarness();

    /** Opens the masker. The contract closes what is opened. */
    protected abstract Masker open(PluginContext context);

    /** Returns names under which everything is secret, each with a value that is: one or more. */
    protected abstract Map<String, String> secrets();

    @AfterEach
    void closePlugins() throws Exception {
        plugins.close();
    }

    private Masker open() {
        return plugins.keep(open(plugins.context()));
    }

    private String json(Object payload) {
        EventFormat format = plugins.context().eventFormat();
        return format.payloadJson(Event.of("tck.masked", payload));
    }

    @Test
    @DisplayName("RED-1 replaces what stands under the name of a secret, at any depth")
    void replacesWhatStandsUnderASecretName() {
        Masker masker = open();
        assertThat(secrets()).as("secrets to try").isNotEmpty();
        secrets()
                .forEach(
                        (name, secret) -> {
                            assertThat(masker.maskValue(name, secret)).doesNotContain(secret);
                            Object deep = Map.of("list", List.of(Map.of(name, secret)));
                            assertThat(masker.maskJson(json(deep)))
                                    .as("JSON with '%s'", name)
                                    .doesNotContain(secret)
                                    .contains("\"" + name + "\"");
                            Object tree = Map.of(name, Map.of("inner", secret));
                            assertThat(masker.maskJson(json(tree))).doesNotContain(secret);
                        });
    }

    @Test
    @DisplayName("RED-1 leaves plain text, and JSON without secrets, as they are")
    void leavesPlainTextAsItIs() {
        Masker masker = open();
        for (String text : PLAIN) {
            assertThat(masker.mask(text)).isEqualTo(text);
            assertThat(masker.maskValue("note", text)).isEqualTo(text);
        }
        String json = "{\"b\":1,\"a\":[true,null,-1.50,\"x\"],\"c\":{}}";
        assertThat(masker.maskJson(json)).isEqualTo(json);
    }

    @Test
    @DisplayName("RED-1 gives JSON again, and masks no more the second time")
    void masksNoMoreTheSecondTime() {
        Masker masker = open();
        String once = masker.maskJson(json(Map.of("a", secrets(), "b", List.of(1, "x"))));
        assertThatCode(() -> plugins.context().eventFormat().payload(once))
                .as("masked JSON: %s", once)
                .doesNotThrowAnyException();
        assertThat(masker.maskJson(once)).isEqualTo(once);
        secrets()
                .values()
                .forEach(
                        secret -> {
                            String text = masker.mask("so " + secret + " it is");
                            assertThat(masker.mask(text)).isEqualTo(text);
                        });
    }

    @Test
    @DisplayName("RED-1 masks an event in payload and headers, and nothing of what it is")
    void masksAnEvent() {
        Masker masker = open();
        Map.Entry<String, String> secret = secrets().entrySet().iterator().next();
        Event event =
                Event.builder("tck.masked")
                        .source("tck")
                        .correlationId("story")
                        .header(secret.getKey(), secret.getValue())
                        .payload(Map.of(secret.getKey(), secret.getValue()))
                        .build();
        EventFormat format = plugins.context().eventFormat();
        Event masked = masker.mask(event, format);
        assertThat(masked.id()).isEqualTo(event.id());
        assertThat(masked.topic()).isEqualTo(event.topic());
        assertThat(masked.correlationId()).isEqualTo("story");
        assertThat(new String(format.encode(masked), java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain(secret.getValue());
        Event plain = Event.of("tck.plain", Map.of("a", 1));
        assertThat(masker.mask(plain, format)).as("nothing to mask").isSameAs(plain);
    }

    @Test
    @DisplayName("RED-1 bears every shape of event, on several threads")
    void bearsEveryShapeOfEvent() {
        Masker masker = open();
        EventFormat format = plugins.context().eventFormat();
        plugins.inParallel(
                thread -> {
                    for (Event event : EventShapes.all()) {
                        assertThat(masker.mask(event, format)).isNotNull();
                    }
                    return true;
                });
    }

    @Test
    @DisplayName("RED-1 may be closed twice")
    void mayBeClosedTwice() {
        Masker masker = open();
        masker.close();
        masker.close();
    }
}
