// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import dev.jitney.event.Event;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.PublicationInfo.Origin;
import dev.jitney.spi.ValidationException;
import dev.jitney.tck.InterceptorContract;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class InterceptorContractProofTest {

    private static final ThreadLocal<@Nullable String> HANDLING = new ThreadLocal<>();

    @TempDir private Path scratch;

    /** Keeps the topic on the handler's thread and marks events, with an observer for each. */
    private static class Sound implements Interceptor {

        @Override
        public String name() {
            return "sound";
        }

        @Override
        public PublicationInfo.@Nullable Observer observe(Event event, Origin origin) {
            return new PublicationInfo.Observer() {
                @Override
                public Event beforePublish(Event changing) {
                    return changing.withHeader("mark", "x");
                }

                @Override
                public AutoCloseable enter(DeliveryInfo delivery) {
                    return enterTopic(delivery.event().topic());
                }
            };
        }

        static AutoCloseable enterTopic(String topic) {
            String before = HANDLING.get();
            HANDLING.set(topic);
            return () -> HANDLING.set(before);
        }
    }

    /** Says the same of every event, itself being the observer. */
    private static class Simple extends Sound {
        @Override
        public PublicationInfo.@Nullable Observer observe(Event event, Origin origin) {
            return this;
        }
    }

    private static final class Contract extends InterceptorContract {

        private final Supplier<Interceptor> interceptor;

        private Contract(Supplier<Interceptor> interceptor) {
            this.interceptor = interceptor;
        }

        @Override
        protected Interceptor open(PluginContext context) {
            return interceptor.get();
        }

        @Override
        protected @Nullable Object traces() {
            return HANDLING.get();
        }
    }

    @Test
    @DisplayName("ICP-1 interceptors in order pass their contract")
    void interceptorsInOrderPass() throws Exception {
        new ContractRunner(scratch).passes(() -> new Contract(Sound::new), 7);
        new ContractRunner(scratch).passes(() -> new Contract(Simple::new), 7);
        new ContractRunner(scratch).passes(() -> new Contract(Blind::new), 7);
    }

    /** Follows nothing. */
    private static final class Blind extends Sound {
        @Override
        public PublicationInfo.@Nullable Observer observe(Event event, Origin origin) {
            return null;
        }
    }

    @TestFactory
    Stream<DynamicTest> anInterceptorThatBreaksARuleIsFound() {
        ContractRunner.Faults<Supplier<Interceptor>> all = new ContractRunner.Faults<>();
        all.add("changes its phase", "hasANameAndAPhase", Wavering::new);
        all.add("has an odd name", "hasANameAndAPhase", Odd::new);
        all.add("swallows events", "givesAnEventForEveryEvent", Swallowing::new);
        all.add("refuses in another's name", "givesAnEventForEveryEvent", Masked::new);
        all.add("swallows its samples", "letsItsSamplesPass", Swallowing::new);
        all.add("leaves its context behind", "bearsEveryWayOfAnEvent", Leaving::new);
        all.add("expects a start before the end", "bearsEveryWayOfAnEvent", Expecting::new);
        all.add("leaves the thread interrupted", "bearsEveryWayOfAnEvent", Interrupting::new);
        all.add("works for one thread only", "bearsSeveralThreads", OneThread::new);
        all.add("takes a name for an identity", "bearsSubscriptions", ByName::new);
        all.add("cannot be closed twice", "mayBeClosedTwice", Once::new);
        return new ContractRunner(scratch).finds(all, Contract::new);
    }

    private static final class Wavering extends Sound {
        private int asked;

        @Override
        public Phase phase() {
            return Phase.values()[asked++ % 2];
        }
    }

    private static final class Odd extends Sound {
        @Override
        public String name() {
            return "Odd One";
        }
    }

    private static final class Swallowing extends Simple {
        @Override
        @SuppressWarnings({"NullAway", "DataFlowIssue"}) // breaking the rule is the point
        public Event beforePublish(Event event) {
            return null;
        }
    }

    private static final class Masked extends Simple {
        @Override
        public Event beforePublish(Event event) {
            throw ValidationException.of("another", event, "no");
        }
    }

    private static final class Leaving extends Simple {
        @Override
        public @Nullable AutoCloseable enter(DeliveryInfo delivery) {
            HANDLING.set(delivery.subscription());
            return () -> {};
        }
    }

    /** Is told of the end of an event whose beginning it was not told of. */
    private static final class Expecting extends Sound {
        @Override
        public PublicationInfo.@Nullable Observer observe(Event event, Origin origin) {
            return new PublicationInfo.Observer() {
                private boolean started;

                @Override
                public void started(PublicationInfo publication) {
                    started = true;
                }

                @Override
                public void completed(PublicationInfo publication) {
                    if (!started) {
                        throw new AssertionError("never started");
                    }
                }
            };
        }
    }

    private static final class Interrupting extends Simple {
        @Override
        public @Nullable AutoCloseable enter(DeliveryInfo delivery) {
            return () -> Thread.currentThread().interrupt();
        }
    }

    private static final class OneThread extends Simple {
        private final Thread owner = Thread.currentThread();

        @Override
        public void started(PublicationInfo publication) {
            if (Thread.currentThread() != owner) {
                throw new IllegalStateException("wrong thread");
            }
        }
    }

    private static final class ByName extends Sound {
        private final java.util.Set<String> names = new java.util.HashSet<>();

        @Override
        public void subscriptionAdded(SubscriptionInfo subscription) {
            if (!names.add(subscription.name())) {
                throw new AssertionError("there already");
            }
        }
    }

    private static final class Once extends Sound {
        private final AtomicInteger closings = new AtomicInteger();

        @Override
        public void close() {
            if (closings.incrementAndGet() == 2) {
                throw new AssertionError("closed twice");
            }
        }
    }
}
