package main

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"zhuanban/bot"
	"zhuanban/store"
)

// metrics is what Prometheus is told at /metrics. Nothing in it names a person, a
// group or what was said. docs/operations.zh-CN.md says which of it is worth waking
// somebody for.
type metrics struct {
	desk     *desk
	registry *prometheus.Registry
	turns    *prometheus.SummaryVec
	messages *prometheus.CounterVec
}

// The quantiles of a turn are those of the last ten minutes, so that a slow hour in
// the morning is not seen all day.
const turnWindow = 10 * time.Minute

func newMetrics(d *desk) *metrics {
	m := &metrics{desk: d, registry: prometheus.NewRegistry(),
		turns: prometheus.NewSummaryVec(prometheus.SummaryOpts{Name: "zhuanban_turn_seconds",
			Help:       "From a message in hand to its commit, over the last ten minutes.",
			Objectives: map[float64]float64{0.5: 0.02, 0.99: 0.002}, MaxAge: turnWindow}, []string{"platform"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zhuanban_messages_total",
			Help: "Messages by what became of them: carried (answered in the acknowledgement), queued, spooled, failed."}, []string{"platform", "outcome"}),
	}
	m.registry.MustRegister(m.turns, m.messages, m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// handled counts one message.
func (m *metrics) handled(platform string, a bot.Answer, took time.Duration, err error) {
	outcome := "queued"
	switch {
	case err != nil:
		outcome = "failed"
	case a.Spooled:
		outcome = "spooled"
	case a.Carried:
		outcome = "carried"
	}
	m.messages.WithLabelValues(platform, outcome).Inc()
	if err == nil {
		m.turns.WithLabelValues(platform).Observe(took.Seconds())
	}
}

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// What is asked for when Prometheus asks.
var (
	queuedDesc = gauge("zhuanban_outbox_queued", "Deliveries that are due and not yet ended.")
	oldestDesc = gauge("zhuanban_outbox_oldest_seconds", "How long the oldest of them has waited.")
	databaseUp = gauge("zhuanban_database_up", "Whether the database answers.")
)

// Describe says nothing: what is collected depends on what is configured.
func (m *metrics) Describe(chan<- *prometheus.Desc) {}

// Collect asks the desk how it stands.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	set := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	var queued int
	var age time.Duration
	err := m.desk.store.View(ctx, func(tx *store.Tx) error {
		now := time.Now()
		n, oldest, err := tx.Deliveries().Depth(ctx, now)
		if queued = n; n > 0 {
			age = max(0, now.Sub(oldest))
		}
		return err
	})
	if err != nil {
		m.desk.log.Error("metrics", "err", err)
		set(databaseUp, 0)
		return
	}
	set(databaseUp, 1)
	set(queuedDesc, float64(queued))
	set(oldestDesc, age.Seconds())
}

// scrapeTime is how long the database is waited for: Prometheus gives up after ten
// seconds.
const scrapeTime = 5 * time.Second

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
