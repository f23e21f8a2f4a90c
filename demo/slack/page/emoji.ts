// The emoji shortcodes that bots commonly write; an unknown one stays as it was typed.

const byName = pairs(
  `warning ⚠️ white_check_mark ✅ heavy_check_mark ✔️ check ✔️ x ❌ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑
  rotating_light 🚨 bell 🔔 no_bell 🔕 rocket 🚀 tada 🎉 wave 👋 eyes 👀 fire 🔥 boom 💥 bug 🐛 wrench 🔧 hammer 🔨
  hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 microscope 🔬 test_tube 🧪 factory 🏭 robot_face 🤖 package 📦 label 🏷️
  bar_chart 📊 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 clipboard 📋 memo 📝 pushpin 📌 round_pushpin 📍
  paperclip 📎 link 🔗 mag 🔍 lock 🔒 unlock 🔓 key 🔑 shield 🛡️ hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️
  timer_clock ⏲️ alarm_clock ⏰ clock1 🕐 calendar 📅 date 📅 arrow_up ⬆️ arrow_down ⬇️ arrow_right ➡️ arrow_left ⬅️
  arrow_forward ▶️ arrow_backward ◀️ fast_forward ⏩ rewind ⏪ double_vertical_bar ⏸️ pause_button ⏸️ black_square_for_stop ⏹️
  stop_button ⏹️ repeat 🔁 arrows_counterclockwise 🔄 leftwards_arrow_with_hook ↩️ rewind_button ⏪ heavy_plus_sign ➕
  heavy_minus_sign ➖ information_source ℹ️ question ❓ grey_question ❔ exclamation ❗ bangbang ‼️ bulb 💡 speech_balloon 💬
  red_circle 🔴 large_orange_circle 🟠 orange_circle 🟠 large_yellow_circle 🟡 yellow_circle 🟡 large_green_circle 🟢
  green_circle 🟢 large_blue_circle 🔵 blue_circle 🔵 white_circle ⚪ black_circle ⚫ large_purple_circle 🟣 red_square 🟥
  large_green_square 🟩 large_yellow_square 🟨 large_red_square 🟥 white_large_square ⬜ black_large_square ⬛ star ⭐ star2 🌟
  sparkles ✨ zap ⚡ thumbsup 👍 +1 👍 thumbsdown 👎 -1 👎 clap 👏 raised_hands 🙌 pray 🙏 muscle 💪 point_right 👉
  point_left 👈 point_up 👆 point_down 👇 raised_hand ✋ hand ✋ handshake 🤝 ok_hand 👌 smile 😄 slightly_smiling_face 🙂
  thinking_face 🤔 sweat_smile 😅 sob 😭 cry 😢 scream 😱 sleeping 😴 zzz 💤 ghost 👻 skull 💀 heart ❤️ broken_heart 💔
  trophy 🏆 medal 🏅 checkered_flag 🏁 triangular_flag_on_post 🚩 construction 🚧 vertical_traffic_light 🚦 ship 🚢 truck 🚚
  snail 🐌 turtle 🐢 seedling 🌱 bird 🐦 hatching_chick 🐣 dart 🎯 game_die 🎲 inbox_tray 📥 outbox_tray 📤 file_folder 📁
  wastebasket 🗑️ bust_in_silhouette 👤 busts_in_silhouette 👥 technologist 🧑‍💻 mega 📣 loudspeaker 📢 electric_plug 🔌
  battery 🔋 computer 💻 desktop_computer 🖥️ satellite 🛰️ thermometer 🌡️ white_small_square ▫️ black_small_square ▪️`,
)

export function withEmoji(text: string): string {
  return text.replace(
    /:([a-z0-9_+-]+):(?::skin-tone-\d:)?/g,
    (whole, name: string) => byName.get(name) ?? whole,
  )
}

function pairs(text: string): Map<string, string> {
  const words = text.split(/\s+/)
  return new Map(words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? '']] : [])))
}
