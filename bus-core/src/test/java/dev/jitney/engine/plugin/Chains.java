// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.PublicationInfo.Origin;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Chains of interceptors that follow one event, with what they call and what is logged of it. */
abstract class Chains {

    static final Event EVENT = Event.builder("a.b").id("e").payload(1).build();

    final List<String> calls = new ArrayList<>();
    final LogDiary diary = new LogDiary();
    private final PluginLog log = new PluginLog(InstantSource.system(), diary);

    final Interceptors chain(Interceptor... interceptors) {
        return new Interceptors(List.of(interceptors), log);
    }

    static PublicationInfo.Observer observer(Interceptors chain) {
        PublicationInfo.Observer observer = chain.observe(EVENT, Origin.PUBLISHED);
        assertThat(observer).isNotNull();
        return observer;
    }
}
