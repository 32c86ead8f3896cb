// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.ContextCarrier;
import dev.jitney.spi.PluginContext;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The rule CTX-4 of context carriers. Extend it to prove one:
 *
 * <pre>{@code
 * class AcmeCarrierContractTest extends ContextCarrierContract {
 *     @Override
 *     protected ContextCarrier open(PluginContext context) {
 *         return new AcmeCarrier();
 *     }
 *
 *     @Override
 *     protected AutoCloseable set(int sample) {
 *         return Tenant.enter("tenant " + sample);
 *     }
 *
 *     @Override
 *     protected Object current() {
 *         return Tenant.current();
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class ContextCarrierContract {

    private final PluginHarness plugins = new PluginHarness();

    /** Opens the carrier. The contract closes what is opened. */
    protected abstract ContextCarrier open(PluginContext context);

    /**
     * Sets a context on the calling thread; those of different numbers differ.
     *
     * @return puts back what was there before
     */
    protected abstract AutoCloseable set(int sample);

    /** Returns the calling thread's context, to be compared with {@code equals}; null for none. */
    protected abstract @Nullable Object current();

    @AfterEach
    void closePlugins() throws Exception {
        plugins.close();
    }

    private ContextCarrier open() {
        return plugins.keep(open(plugins.context()));
    }

    /** What the carrier captures, and what is to be seen, where a context is set. */
    private record Taken(Object captured, @Nullable Object seen) {}

    private Taken take(ContextCarrier carrier, int sample) throws Exception {
        try (AutoCloseable set = set(sample)) {
            Object captured = carrier.capture();
            assertThat(captured).as("what is captured of context %s", sample).isNotNull();
            assertThat(set).isNotNull();
            return new Taken(captured, current());
        }
    }

    private static void leave(@Nullable AutoCloseable scope) throws Exception {
        if (scope != null) {
            scope.close();
        }
    }

    @Test
    @DisplayName("CTX-4 has a name that stays")
    void hasAName() {
        ContextCarrier carrier = open();
        assertThat(carrier.name()).matches("[a-z][a-z0-9-]*").isEqualTo(carrier.name());
    }

    @Test
    @DisplayName("CTX-4 takes a context to another thread, which is clean afterwards")
    void takesAContextToAnotherThread() throws Exception {
        ContextCarrier carrier = open();
        Taken taken = take(carrier, 1);
        plugins.elsewhere(
                () -> {
                    Object before = current();
                    AutoCloseable scope = carrier.restore(taken.captured());
                    assertThat(current()).as("restored").isEqualTo(taken.seen());
                    leave(scope);
                    assertThat(current()).as("afterwards").isEqualTo(before);
                    return true;
                });
    }

    @Test
    @DisplayName("CTX-4 restores nest, and the publisher's own context comes back")
    void restoresNest() throws Exception {
        ContextCarrier carrier = open();
        Taken one = take(carrier, 1);
        Taken two = take(carrier, 2);
        assertThat(one.seen()).as("contexts 1 and 2 differ").isNotEqualTo(two.seen());
        try (AutoCloseable set = set(3)) {
            assertThat(set).isNotNull();
            Object own = current();
            AutoCloseable outer = carrier.restore(one.captured());
            AutoCloseable inner = carrier.restore(two.captured());
            assertThat(current()).as("inside").isEqualTo(two.seen());
            leave(inner);
            assertThat(current()).as("between").isEqualTo(one.seen());
            leave(outer);
            assertThat(current()).as("outside").isEqualTo(own);
        }
    }

    @Test
    @DisplayName("CTX-4 one captured context serves several threads at once, again and again")
    void servesSeveralThreads() throws Exception {
        ContextCarrier carrier = open();
        List<Taken> taken = List.of(take(carrier, 1), take(carrier, 2));
        CyclicBarrier together = new CyclicBarrier(PluginHarness.THREADS);
        plugins.inParallel(
                thread -> {
                    for (int round = 0; round < 20; round++) {
                        Taken mine = taken.get((thread + round) % 2);
                        AutoCloseable scope = carrier.restore(mine.captured());
                        together.await(15, TimeUnit.SECONDS);
                        assertThat(current()).isEqualTo(mine.seen());
                        leave(scope);
                    }
                    return true;
                });
    }

    @Test
    @DisplayName("CTX-4 a thread without a context gives nothing, or something that stands for it")
    void capturesNothingWhereThereIsNothing() throws Exception {
        ContextCarrier carrier = open();
        Object empty = plugins.elsewhere(carrier::capture);
        Object nothing = plugins.elsewhere(this::current);
        if (empty != null) {
            try (AutoCloseable set = set(1)) {
                assertThat(set).isNotNull();
                AutoCloseable scope = carrier.restore(empty);
                assertThat(current()).as("restored emptiness").isEqualTo(nothing);
                leave(scope);
            }
        }
    }

    @Test
    @DisplayName("CTX-1 a context stands for one correlation id, or for none")
    void givesOneCorrelationId() throws Exception {
        ContextCarrier carrier = open();
        try (AutoCloseable set = set(1)) {
            assertThat(set).isNotNull();
            String id = carrier.correlationId();
            assertThat(carrier.correlationId()).isEqualTo(id);
            if (id != null) {
                assertThat(id).isNotBlank().hasSizeLessThanOrEqualTo(128);
            }
        }
    }

    @Test
    @DisplayName("CTX-4 may be closed twice")
    void mayBeClosedTwice() {
        ContextCarrier carrier = open();
        carrier.close();
        carrier.close();
    }
}
