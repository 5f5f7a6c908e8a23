package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/store/storetest"
)

func benchDesk(b *testing.B, url string) *desk {
	cfg, err := loadCampaign("config.yaml", []string{"ZHUANBAN_DATA_DIR=" + b.TempDir(), "ZHUANBAN_DATABASE_URL=" + url})
	require.NoError(b, err)
	for i := range 64 {
		cfg.roster = bot.NewRoster(append(cfg.roster.People, bot.Person{Account: fmt.Sprint("u", i), Name: "填报员", Unit: "fengcheng", Role: bot.Filer}), cfg.roster.Units, cfg.roster.Groups)
	}
	d, err := openDesk(context.Background(), cfg, quiet)
	require.NoError(b, err)
	at := time.Date(2024, 1, 19, 9, 0, 0, 0, time.UTC)
	d.stepped.fixed = &at
	b.Cleanup(func() { d.close() })
	return d
}

func BenchmarkTurns(b *testing.B) {
	for _, users := range []int{1, 64} {
		b.Run(fmt.Sprint("sqlite-", users), func(b *testing.B) {
			turns(b, benchDesk(b, "sqlite:"+b.TempDir()+"/x.db"), users)
		})
		b.Run(fmt.Sprint("mysql-", users), func(b *testing.B) {
			turns(b, benchDesk(b, storetest.MariaDBAddress(b)), users)
		})
	}
}

func turns(b *testing.B, d *desk, users int) {
	begin := []string{"取消", "凤城镇建设路12号某某鞋店销售假冒运动鞋200双，货值3万元，昨天下午巡查发现", "一步一步"}
	script := []string{"改货值 5万", "改主体 某某超市", "某某鞋店", "改地点 城厢镇新安路8号", "凤城镇建设路12号", "2", "2", "假冒皮鞋", "改数量 300双",
		"200双", "改货值 5万", "3万元", "上一步", "上一步", "上一步", "上一步", "上一步", "上一步", "上一步"}
	var n atomic.Int64
	cpu := cpuTime()
	b.ResetTimer()
	done := make(chan struct{})
	for u := range users {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := 0; ; i++ {
				k := n.Add(1)
				if k > int64(b.N) {
					return
				}
				a, err := d.bot.Handle(context.Background(), bot.Message{Platform: "phone", Sender: fmt.Sprint("u", u), ID: fmt.Sprint("b", k), Text: line(begin, script, i), Carry: 2048, CarryCards: true})
				if err != nil || len(a.Replies) == 0 {
					b.Error(err)
					return
				}
			}
		}()
	}
	for range users {
		<-done
	}
	b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// line is what somebody says next: the beginning once, then the script again and again.
func line(begin, script []string, i int) string {
	if i < len(begin) {
		return begin[i]
	}
	return script[(i-len(begin))%len(script)]
}
