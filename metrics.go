package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk"
	"zhuanban/bot/wecom/robot"
	"zhuanban/store/redis"
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

// What is asked for when Prometheus asks. In the order of docs/operations.zh-CN.md.
var (
	databaseUp  = desc("zhuanban_database_up", "Whether the database answers.")
	queuedDesc  = desc("zhuanban_outbox_queued", "Deliveries that are due and not yet ended.")
	oldestDesc  = desc("zhuanban_outbox_oldest_seconds", "How long the oldest of them has waited.")
	laneAge     = desc("zhuanban_outbox_lane_oldest_seconds", "The same, by priority (30 answers, 20 notices, 15 reminders, 10 broadcasts).", "priority")
	laneDue     = desc("zhuanban_outbox_lane_queued", "Deliveries that are due and not yet ended, by priority.", "priority")
	statesDesc  = desc("zhuanban_deliveries", "Deliveries by state: all unfinished ones, and those that ended within the last day.", "state")
	sendsDesc   = desc("zhuanban_sends_total", "Sends of this process by fate: sent, not_sent, refused, unknown.", "platform", "fate")
	pausedDesc  = desc("zhuanban_platform_paused_seconds", "How long a platform has been left alone because it does not answer.", "platform")
	budgetLeft  = desc("zhuanban_budget_left", "What is left of a platform's daily or monthly limit.", "platform", "scope", "per")
	budgetOf    = desc("zhuanban_budget_limit", "That limit.", "platform", "scope", "per")
	spoolDesc   = desc("zhuanban_spool_messages", "Messages that wait on disk for the database.")
	spoolBytes  = desc("zhuanban_spool_bytes", "Their bytes.")
	spoolAge    = desc("zhuanban_spool_oldest_seconds", "How long the oldest of them has waited.")
	spoolEnds   = desc("zhuanban_spool_total", "Messages of the spool by what became of them: replayed, rejected, refused; damaged counts files.", "outcome")
	mediaDesc   = desc("zhuanban_media_waiting", "Photos and files that people sent and the platform still has.")
	mediaAge    = desc("zhuanban_media_oldest_seconds", "How long the oldest of them has waited; platforms keep them for three days.")
	redisUp     = desc("zhuanban_redis_up", "Whether Redis is in use; not there where none is configured.")
	redisUses   = desc("zhuanban_redis_uses_total", "Uses of Redis by outcome: done, failed, skipped (done without it).", "use", "outcome")
	robotUp     = desc("zhuanban_robot_up", "Whether this process has the smart robot's connection, up; over all replicas it is 1. Not there without a robot on a connection.")
	dingtalkUp  = desc("zhuanban_dingtalk_up", "Whether a connection of DingTalk's Stream mode is up here. Not there in HTTP mode.")
	replicaDesc = desc("zhuanban_replicas", "Processes that serve on this database, as this one last counted.")
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe says nothing: what is collected depends on what is configured.
func (m *metrics) Describe(chan<- *prometheus.Desc) {}

// scrape is one answer to Prometheus.
type scrape struct {
	out chan<- prometheus.Metric
	now time.Time
}

func (s scrape) gauge(d *prometheus.Desc, v float64, labels ...string) {
	s.out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (s scrape) count(d *prometheus.Desc, v float64, labels ...string) {
	s.out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
}

// age is how long ago a time is; 0 of none.
func (s scrape) age(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return max(0, s.now.Sub(t).Seconds())
}

// scrapeTime is how long the database is waited for: Prometheus gives up after ten
// seconds.
const scrapeTime = 5 * time.Second

// Collect asks the desk how it stands. What does not need the database is said also
// while that is away.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	s := scrape{out, time.Now()}
	m.spool(s)
	m.redis(s)
	m.robot(s)
	m.dingtalk(s)
	s.gauge(replicaDesc, float64(m.desk.replicas.count()))
	if !m.desk.awake() { // there is nobody to ask, and nothing was done yet
		s.gauge(databaseUp, 0)
		return
	}
	stats, err := m.desk.courier.Stats(ctx)
	for k, n := range stats.Sends {
		s.count(sendsDesc, float64(n), k.Platform, k.Fate)
	}
	for _, p := range stats.Paused {
		s.gauge(pausedDesc, s.age(p.Since), p.Platform)
	}
	for _, u := range stats.Budgets {
		s.gauge(budgetLeft, float64(max(0, u.Limit-u.Used)), u.Platform, string(u.Scope), u.Per.String())
		s.gauge(budgetOf, float64(u.Limit), u.Platform, string(u.Scope), u.Per.String())
	}
	if err != nil {
		m.desk.log.Error("metrics", "err", err)
		s.gauge(databaseUp, 0)
		return
	}
	s.gauge(databaseUp, 1)
	due, oldest := 0, time.Duration(0)
	for _, l := range stats.Lanes {
		due, oldest = due+l.Due, max(oldest, l.Oldest)
		s.gauge(laneDue, float64(l.Due), strconv.Itoa(l.Priority))
		s.gauge(laneAge, l.Oldest.Seconds(), strconv.Itoa(l.Priority))
	}
	s.gauge(queuedDesc, float64(due))
	s.gauge(oldestDesc, oldest.Seconds())
	for state, n := range stats.States {
		s.gauge(statesDesc, float64(n), string(state))
	}
	waiting, since, err := m.desk.fetcher.Depth(ctx)
	if err != nil {
		m.desk.log.Error("metrics", "err", err)
		return
	}
	s.gauge(mediaDesc, float64(waiting))
	s.gauge(mediaAge, s.age(since))
}

func (m *metrics) spool(s scrape) {
	if m.desk.spool == nil {
		return
	}
	waiting, bytes, oldest := m.desk.spool.Depth()
	s.gauge(spoolDesc, float64(waiting))
	s.gauge(spoolBytes, float64(bytes))
	s.gauge(spoolAge, s.age(oldest))
	c := m.desk.spool.Counts()
	for outcome, n := range map[string]int64{"replayed": c.Replayed, "rejected": c.Rejected, "refused": c.Refused, "damaged": c.Damaged} {
		s.count(spoolEnds, float64(n), outcome)
	}
}

func (m *metrics) robot(s scrape) {
	if m.desk.robot == nil || m.desk.robot.State().Phase == robot.Callback {
		return
	}
	up := 0.0
	if m.desk.robot.Here() {
		up = 1
	}
	s.gauge(robotUp, up)
}

func (m *metrics) dingtalk(s scrape) {
	if m.desk.dingtalk == nil || m.desk.dingtalk.State().Phase == dingtalk.CalledBack {
		return
	}
	up := 0.0
	if m.desk.dingtalk.State().Phase == dingtalk.Connected {
		up = 1
	}
	s.gauge(dingtalkUp, up)
}

func (m *metrics) redis(s scrape) {
	if m.desk.redis == nil {
		return
	}
	st, up := m.desk.redis.Stats(), 1.0
	if st.Away {
		up = 0
	}
	s.gauge(redisUp, up)
	for name, u := range map[string]redis.Use{"wake": st.Rings, "budget": st.Budgets, "value": st.Values, "lock": st.Locks} {
		s.count(redisUses, float64(u.Done), name, "done")
		s.count(redisUses, float64(u.Failed), name, "failed")
		s.count(redisUses, float64(u.Skipped), name, "skipped")
	}
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
