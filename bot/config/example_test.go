package config_test

import (
	"fmt"
	"time"

	"zhuanban/bot/config"
)

func Example() {
	file, err := config.Parse("config.yaml", []byte("listen: 127.0.0.1:8080\nremind:\n  evry: 15m\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var settings struct {
		Listen string `yaml:"listen" required:"true"`
		Remind struct {
			Every time.Duration `yaml:"every" required:"true"`
		} `yaml:"remind"`
	}
	if err := file.Overlay(settings, []string{"ZHUANBAN_LISTEN=:80"}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(file.Decode("", &settings))
	fmt.Println(settings.Listen, "from", file.Source("listen"))
	// Output:
	// config.yaml:3: remind.evry: unknown key; did you mean "every"?
	// config.yaml:3: remind.every: missing
	// :80 from ZHUANBAN_LISTEN
}
