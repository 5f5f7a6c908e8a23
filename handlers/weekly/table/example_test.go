package table_test

import (
	"fmt"
	"os"

	"zhuanban/bot/config"
	"zhuanban/bot/zh"
	"zhuanban/handlers/weekly/table"
)

func ExampleTable_Check() {
	text, err := os.ReadFile("../../../config.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := config.Parse("config.yaml", text)
	if err != nil {
		fmt.Println(err)
		return
	}
	weekly, err := table.Parse(file, "weekly")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range weekly.Check(table.Report{Values: map[string]zh.Num{
		"a05_markets": zh.FromInt(3),
		"c01_keymkt":  zh.FromInt(5),
	}}) {
		fmt.Println(f.Rule, f.Level, f.Reading, f.Figures)
	}
	// Output:
	// R05 error 巡查商品交易批发市场和展销会 5 > 检查各类市场 3 [c01_keymkt a05_markets]
}
