// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.jitney.spi.EventFormat;
import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PluginContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every codec of payloads keeps to (EVT-7). Extend it to prove one:
 *
 * <pre>{@code
 * class AcmeCodecContractTest extends PayloadCodecContract {
 *     @Override
 *     protected PayloadCodec open(PluginContext context) {
 *         return new AcmeProvider().create(PluginConfig.of("codec 'acme'", Map.of(), context));
 *     }
 *
 *     @Override
 *     protected List<Object> samples() {
 *         return List.of(new Order(7, "tea"), new Empty());
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class PayloadCodecContract {

    private final PluginHarness plugins = new PluginHarness();

    /** Opens the codec. The contract closes what can be closed. */
    protected abstract PayloadCodec open(PluginContext context);

    /** Returns objects for the codec, equal to what they are when read back: one or more. */
    protected abstract List<Object> samples();

    @AfterEach
    void closePlugins() throws Exception {
        plugins.close();
    }

    private PayloadCodec open() {
        return plugins.keep(open(plugins.context()));
    }

    /** The JSON that the codec has written, as the wire form takes it: valid and compact. */
    private byte[] compact(Object sample, byte[] json) {
        EventFormat format = plugins.context().eventFormat();
        String text = new String(json, StandardCharsets.UTF_8);
        assertThatCode(() -> format.payload(text))
                .as("JSON of %s: %s", sample, text)
                .doesNotThrowAnyException();
        return format.payload(text).json().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("EVT-7 supports the classes of its samples, and says so each time")
    void supportsItsSamples() {
        PayloadCodec codec = open();
        assertThat(samples()).as("objects to try").isNotEmpty();
        for (Object sample : samples()) {
            assertThat(codec.supports(sample.getClass())).as("%s", sample.getClass()).isTrue();
            assertThat(codec.supports(sample.getClass())).as("%s", sample.getClass()).isTrue();
        }
    }

    @Test
    @DisplayName("EVT-7 writes one JSON value in UTF-8, never null")
    void writesOneJsonValue() {
        PayloadCodec codec = open();
        for (Object sample : samples()) {
            byte[] json = compact(sample, codec.encode(sample));
            assertThat(new String(json, StandardCharsets.UTF_8))
                    .as("JSON of %s", sample)
                    .isNotEqualTo("null");
            assertThat(new String(json, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
                    .as("JSON of %s is UTF-8", sample)
                    .isEqualTo(json);
        }
    }

    @Test
    @DisplayName("EVT-7 reads back what it has written, also without white space")
    void readsBackWhatItHasWritten() {
        PayloadCodec codec = open();
        for (Object sample : samples()) {
            byte[] json = codec.encode(sample);
            assertThat(codec.decode(json.clone(), sample.getClass())).isEqualTo(sample);
            assertThat(codec.decode(compact(sample, json), sample.getClass())).isEqualTo(sample);
        }
    }

    @Test
    @DisplayName("EVT-7 passes over keys that the class does not have")
    void passesOverUnknownKeys() {
        PayloadCodec codec = open();
        for (Object sample : samples()) {
            String json = new String(compact(sample, codec.encode(sample)), StandardCharsets.UTF_8);
            if (json.startsWith("{")) {
                String comma = json.equals("{}") ? "" : ",";
                String more = "{\"addedByALaterVersion\":[1]" + comma + json.substring(1);
                Object read =
                        codec.decode(more.getBytes(StandardCharsets.UTF_8), sample.getClass());
                assertThat(read.getClass()).as("class of %s", more).isEqualTo(sample.getClass());
            }
        }
    }

    @Test
    @DisplayName("EVT-7 gives every caller an array and an object of its own")
    void sharesNothing() {
        PayloadCodec codec = open();
        for (Object sample : samples()) {
            byte[] first = codec.encode(sample);
            byte[] copy = first.clone();
            java.util.Arrays.fill(first, (byte) '!');
            assertThat(codec.encode(sample)).as("JSON of %s again", sample).isEqualTo(copy);
        }
    }

    @Test
    @DisplayName("EVT-7 serves several threads at once")
    void servesSeveralThreads() {
        PayloadCodec codec = open();
        plugins.inParallel(
                thread -> {
                    for (int i = 0; i < 50; i++) {
                        for (Object sample : samples()) {
                            byte[] json = codec.encode(sample);
                            assertThat(codec.decode(json, sample.getClass())).isEqualTo(sample);
                        }
                    }
                    return true;
                });
    }
}
