// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import com.sun.management.ThreadMXBean;
import dev.jitney.Dispatch;
import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.Handler;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * One JVM of {@link CostBench}: publishes on one thread, directly to one handler, and prints the
 * nanoseconds of CPU and bytes of an event, each the median of the later half of its rounds.
 */
final class CostChild {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Integer PAYLOAD = 1;

    private CostChild() {}

    /** What is measured. */
    enum Variant {
        PLAIN,
        NO_SDK,
        /** The bus alone, and beside it two bare spans of the SDK, sampled out. */
        SDK_ALONE,
        /** An SDK whose tracer is there and samples nothing: two spans for each event. */
        SAMPLED_OUT,
        /**
         * The same with handlers as children of their publish, under a sampler that asks parents.
         */
        SAMPLED_OUT_PARENT,
        /** All spans recorded, and handed to nobody: what is ours, without an exporter. */
        RECORDED
    }

    private static long handled;

    public static void main(String[] args) throws Exception {
        Variant variant = Variant.valueOf(args[0]);
        int events = Integer.parseInt(args[1]);
        int rounds = Integer.parseInt(args[2]);
        EventBusBuilder builder =
                EventBus.builder("bench").dispatch(Dispatch.DIRECT).historyLimit(0);
        try (EventBus bus = with(variant, builder).build()) {
            bus.subscribe("order.*", (Handler) event -> handled++);
            double[] nanos = new double[rounds];
            double[] bytes = new double[rounds];
            Runnable beside = beside(variant);
            for (int round = 0; round < rounds; round++) {
                long allocated = THREADS.getCurrentThreadAllocatedBytes();
                // Of this thread: what other processes take does not count.
                long begun = THREADS.getCurrentThreadCpuTime();
                for (int i = 0; i < events; i++) {
                    bus.publish("order.placed", PAYLOAD);
                    beside.run();
                }
                nanos[round] = (double) (THREADS.getCurrentThreadCpuTime() - begun) / events;
                bytes[round] =
                        (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / events;
            }
            if (handled != (long) events * rounds) {
                throw new IllegalStateException("Handled " + handled + " events.");
            }
            System.out.println(settled(nanos) + " " + settled(bytes));
        }
    }

    private static Runnable beside(Variant variant) {
        if (variant != Variant.SDK_ALONE) {
            return () -> {};
        }
        Tracer tracer = sdk(Sampler.alwaysOff()).getTracer("bench");
        return () -> {
            tracer.spanBuilder("send order.placed").startSpan().end();
            tracer.spanBuilder("process order.placed").startSpan().end();
        };
    }

    private static EventBusBuilder with(Variant variant, EventBusBuilder builder) {
        OpenTelemetry openTelemetry =
                switch (variant) {
                    case PLAIN, NO_SDK, SDK_ALONE -> OpenTelemetry.noop();
                    case SAMPLED_OUT -> sdk(Sampler.alwaysOff());
                    case SAMPLED_OUT_PARENT -> sdk(Sampler.parentBased(Sampler.alwaysOff()));
                    case RECORDED -> sdk(Sampler.alwaysOn());
                };
        BusTelemetry telemetry =
                BusTelemetry.builder(openTelemetry)
                        .linking(
                                variant == Variant.SAMPLED_OUT_PARENT
                                        ? BusTelemetry.Linking.PARENT
                                        : BusTelemetry.Linking.LINK)
                        .build();
        boolean alone = variant == Variant.PLAIN || variant == Variant.SDK_ALONE;
        return alone ? builder : telemetry.install(builder);
    }

    private static OpenTelemetry sdk(Sampler sampler) {
        SdkTracerProvider tracers = SdkTracerProvider.builder().setSampler(sampler).build();
        return OpenTelemetrySdk.builder().setTracerProvider(tracers).build();
    }

    private static double settled(double[] rounds) {
        double[] later = Arrays.copyOfRange(rounds, rounds.length / 2, rounds.length);
        Arrays.sort(later);
        return later[later.length / 2];
    }
}
