// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.jitney.spi.BusMetric;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.MetricsBackend.Sample;
import dev.jitney.spi.MetricsBackend.Type;
import dev.jitney.spi.PluginContext;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every metrics backend keeps to: MET-1 counters and timers add up; MET-2 name and tags make a
 * series, in whatever order the tags are given; MET-3 a gauge gives its value as long as it is
 * open; MET-4 nothing is lost on several threads; MET-5 everything that a bus reports is taken;
 * MET-6 neither odd tags, a failing gauge nor closing harms anyone. Extend it to prove one:
 *
 * <pre>{@code
 * class AcmeMetricsContractTest extends MetricsBackendContract {
 *     @Override
 *     protected MetricsBackend open(PluginContext context) {
 *         return new AcmeProvider().create(PluginConfig.of("metrics 'acme'", Map.of(), context));
 *     }
 *
 *     @Override
 *     protected Sample read(MetricsBackend backend, Type type, String name, Map<String, String> tags) {
 *         return ...; // only if the backend's samples() cannot be read
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class MetricsBackendContract {

    private static final Map<String, String> TAGS = Map.of("bus", "tck", "topic", "a.b");

    private final PluginHarness plugins = new PluginHarness();

    /** Opens an empty backend. The contract closes what is opened. */
    protected abstract MetricsBackend open(PluginContext context);

    /** Reads what was measured, or returns null if there is no such series. */
    protected @Nullable Sample read(
            MetricsBackend backend, Type type, String name, Map<String, String> tags) {
        for (Sample sample : backend.samples()) {
            boolean meant =
                    sample.type() == type
                            && sample.name().equals(name)
                            && sample.tags().equals(tags);
            if (meant) {
                return sample;
            }
        }
        return null;
    }

    @AfterEach
    void closePlugins() throws Exception {
        plugins.close();
    }

    private MetricsBackend open() {
        return plugins.keep(open(plugins.context()));
    }

    private long value(MetricsBackend backend, Type type, String name, Map<String, String> tags) {
        Sample sample = read(backend, type, name, tags);
        assertThat(sample).as("%s '%s' with %s", type, name, tags).isNotNull();
        return sample.value();
    }

    @Test
    @DisplayName("MET-1 a counter adds up what it is given")
    void countersAddUp() {
        MetricsBackend backend = open();
        LongConsumer counter = backend.counter("tck.counted", TAGS);
        counter.accept(1);
        counter.accept(0);
        counter.accept(41);
        assertThat(value(backend, Type.COUNTER, "tck.counted", TAGS)).isEqualTo(42);
    }

    @Test
    @DisplayName("MET-1 a timer keeps sum, number and longest of its times")
    void timersAddUp() {
        MetricsBackend backend = open();
        LongConsumer timer = backend.timer("tck.timed", TAGS);
        timer.accept(3_000_000);
        timer.accept(9_000_000);
        timer.accept(0);
        Sample sample = read(backend, Type.TIMER, "tck.timed", TAGS);
        assertThat(sample).as("timer 'tck.timed'").isNotNull();
        assertThat(sample.value()).as("sum in nanoseconds").isEqualTo(12_000_000);
        assertThat(sample.count()).as("number of times").isEqualTo(3);
        assertThat(sample.max()).as("longest in nanoseconds").isEqualTo(9_000_000);
    }

    @Test
    @DisplayName("MET-2 two handles of one name and tags count into one")
    void handlesOfOneSeriesAreOne() {
        MetricsBackend backend = open();
        Map<String, String> turned = new LinkedHashMap<>();
        turned.put("topic", "a.b");
        turned.put("bus", "tck");
        backend.counter("tck.counted", TAGS).accept(1);
        backend.counter("tck.counted", turned).accept(2);
        backend.timer("tck.timed", TAGS).accept(1);
        backend.timer("tck.timed", turned).accept(2);
        assertThat(value(backend, Type.COUNTER, "tck.counted", TAGS)).isEqualTo(3);
        assertThat(value(backend, Type.TIMER, "tck.timed", TAGS)).isEqualTo(3);
    }

    @Test
    @DisplayName("MET-2 other tags or another name make another series")
    void seriesAreKeptApart() {
        MetricsBackend backend = open();
        Map<String, String> other = Map.of("bus", "tck", "topic", "a.c");
        backend.counter("tck.counted", TAGS).accept(1);
        backend.counter("tck.counted", other).accept(2);
        backend.counter("tck.others", TAGS).accept(4);
        assertThat(value(backend, Type.COUNTER, "tck.counted", TAGS)).isEqualTo(1);
        assertThat(value(backend, Type.COUNTER, "tck.counted", other)).isEqualTo(2);
        assertThat(value(backend, Type.COUNTER, "tck.others", TAGS)).isEqualTo(4);
    }

    @Test
    @DisplayName("MET-2 tags are read when a handle is made, and not kept")
    void tagsAreCopied() {
        MetricsBackend backend = open();
        Map<String, String> tags = new HashMap<>(TAGS);
        LongConsumer counter = backend.counter("tck.counted", tags);
        tags.put("topic", "changed");
        counter.accept(1);
        assertThat(value(backend, Type.COUNTER, "tck.counted", TAGS)).isEqualTo(1);
    }

    @Test
    @DisplayName("MET-3 a gauge gives the value of the moment, until it is closed")
    void gaugesGiveTheValueOfTheMoment() throws Exception {
        MetricsBackend backend = open();
        AtomicLong level = new AtomicLong(3);
        AutoCloseable gauge = backend.gauge("tck.level", TAGS, level::get);
        assertThat(value(backend, Type.GAUGE, "tck.level", TAGS)).isEqualTo(3);
        level.set(-5);
        assertThat(value(backend, Type.GAUGE, "tck.level", TAGS)).isEqualTo(-5);
        gauge.close();
        gauge.close();
        assertThat(read(backend, Type.GAUGE, "tck.level", TAGS)).as("a closed gauge").isNull();
    }

    @Test
    @DisplayName(
            "MET-3 a later gauge takes the place of an earlier one, whose closing then is nothing")
    void aLaterGaugeTakesThePlace() throws Exception {
        MetricsBackend backend = open();
        AutoCloseable first = backend.gauge("tck.level", TAGS, () -> 1);
        AutoCloseable second = backend.gauge("tck.level", TAGS, () -> 2);
        assertThat(value(backend, Type.GAUGE, "tck.level", TAGS)).isEqualTo(2);
        first.close();
        assertThat(value(backend, Type.GAUGE, "tck.level", TAGS)).isEqualTo(2);
        second.close();
        assertThat(read(backend, Type.GAUGE, "tck.level", TAGS)).as("a closed gauge").isNull();
    }

    @Test
    @DisplayName("MET-4 loses nothing that several threads measure")
    void losesNothingOfSeveralThreads() {
        MetricsBackend backend = open();
        int each = 2_000;
        plugins.inParallel(
                thread -> {
                    LongConsumer counter = backend.counter("tck.counted", TAGS);
                    LongConsumer timer = backend.timer("tck.timed", TAGS);
                    for (int i = 0; i < each; i++) {
                        counter.accept(1);
                        timer.accept(2);
                    }
                    return true;
                });
        long all = (long) PluginHarness.THREADS * each;
        assertThat(value(backend, Type.COUNTER, "tck.counted", TAGS)).isEqualTo(all);
        assertThat(value(backend, Type.TIMER, "tck.timed", TAGS)).isEqualTo(2 * all);
    }

    @Test
    @DisplayName("MET-5 takes everything that a bus reports")
    void takesEverythingThatABusReports() {
        MetricsBackend backend = open();
        for (BusMetric metric : BusMetric.values()) {
            Map<String, String> tags = new HashMap<>();
            metric.tags().forEach(tag -> tags.put(tag, "some " + tag));
            switch (metric.type()) {
                case COUNTER -> backend.counter(metric.metricName(), tags).accept(7);
                case TIMER -> backend.timer(metric.metricName(), tags).accept(7);
                case GAUGE -> backend.gauge(metric.metricName(), tags, () -> 7);
            }
            assertThat(value(backend, metric.type(), metric.metricName(), tags))
                    .as(metric.metricName())
                    .isEqualTo(7);
        }
    }

    @Test
    @DisplayName("MET-6 takes odd values of tags")
    void takesOddTags() {
        MetricsBackend backend = open();
        for (String odd : new String[] {"", " ", "ü \"x\"\\", "a,b={c}", "x".repeat(500)}) {
            Map<String, String> tags = Map.of("bus", "tck", "topic", odd);
            assertThatCode(() -> backend.counter("tck.odd", tags).accept(1))
                    .as("tag '%s'", odd)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    @DisplayName("MET-6 a gauge that fails hides no other")
    void aGaugeThatFailsHidesNoOther() {
        MetricsBackend backend = open();
        backend.gauge(
                "tck.broken",
                TAGS,
                () -> {
                    throw new IllegalStateException("The test lets this gauge fail.");
                });
        backend.counter("tck.counted", TAGS).accept(1);
        assertThat(value(backend, Type.COUNTER, "tck.counted", TAGS)).isEqualTo(1);
    }

    @Test
    @DisplayName("MET-6 starts from nothing after a reset, if it can be read")
    void startsFromNothingAfterAReset() {
        MetricsBackend backend = open();
        LongConsumer counter = backend.counter("tck.counted", TAGS);
        counter.accept(5);
        backend.timer("tck.timed", TAGS).accept(5);
        boolean readable = !backend.samples().isEmpty();
        backend.reset();
        counter.accept(2);
        for (Sample sample : backend.samples()) {
            long expected = sample.type() == Type.COUNTER ? 2 : 0;
            assertThat(sample.value()).as(sample.key()).isEqualTo(expected);
            assertThat(sample.count()).as(sample.key()).isZero();
            assertThat(sample.max()).as(sample.key()).isZero();
        }
        assertThat(!backend.samples().isEmpty()).as("can be read").isEqualTo(readable);
    }

    @Test
    @DisplayName("MET-6 closing twice is harmless, and so is a handle that is used afterwards")
    void closingHarmsNobody() {
        MetricsBackend backend = open();
        LongConsumer counter = backend.counter("tck.counted", TAGS);
        LongConsumer timer = backend.timer("tck.timed", TAGS);
        AutoCloseable gauge = backend.gauge("tck.level", TAGS, () -> 1);
        assertThatCode(
                        () -> {
                            backend.close();
                            backend.close();
                            counter.accept(1);
                            timer.accept(1);
                            gauge.close();
                        })
                .doesNotThrowAnyException();
    }
}
